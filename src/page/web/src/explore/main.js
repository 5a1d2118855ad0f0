// The page to explore: choices in, views of a run out.
import { forget_figures } from '../chart.js';
import { h, heading } from '../dom.js';
import { quantity } from '../format.js';
import { NoAnswer, ask_curve, ask_offer, ask_run } from './ask.js';
import { command_box } from './command.js';
import { make_controls } from './controls.js';
import { batches_of, curve_figure, point_of } from './curve.js';
import { choices_of, hash_of } from './state.js';
import { capacity_view, roofline_view, summary_view } from './views.js';

/** Between a key and the run: who types two digits means one number. */
const patience_ms = 60;
/** As upmem-des run: of a run of more events what faster parts would gain is not asked unless one does. */
const most_events_of_what_if = 1_000_000;

class View {
  constructor(title, name) {
    this.command = command_box(name);
    this.content = h('div', { class: 'numbers-of-run', id: name });
    this.element = h('section', null, heading(2, title), this.content, this.command.element);
  }

  show(children, command) {
    forget_figures(this.content);
    this.content.replaceChildren(...children);
    this.command.show(command);
  }
}

class Page {
  constructor(offer) {
    this.offer = offer;
    this.controls = make_controls(offer, () => this.soon());
    this.state = h('p', { id: 'state', role: 'status' });
    this.problem = h('p', { class: 'problem', id: 'problem', role: 'alert' });
    this.warnings = h('ul', { class: 'warnings', id: 'warnings' });
    this.views = {
      summary: new View('Summary', 'summary'),
      capacity: new View('Capacity', 'capacity'),
      curve: new View('Latency against throughput', 'curve'),
      roofline: new View('Roofline', 'roofline'),
    };
    const reset = h('button', { type: 'button' }, 'As the scenario says');
    reset.addEventListener('click', () => {
      this.controls.put({});
      this.run();
    });
    this.main = h(
      'main',
      { id: 'content' },
      this.warnings,
      Object.values(this.views).map(({ element }) => element),
    );
    this.elements = [
      h('header', null, heading(1, offer.scenario), h('p', { class: 'lead' }, 'Every change is simulated at once.')),
      this.controls.form,
      h('div', { class: 'bar' }, reset, this.state),
      this.problem,
      this.main,
    ];
  }

  /** What the address says. */
  follow_address() {
    this.controls.put(choices_of(location.hash));
    this.run();
  }

  soon() {
    clearTimeout(this.timer);
    this.changed_ms = performance.now();
    this.timer = setTimeout(() => this.run(), patience_ms);
  }

  async run() {
    clearTimeout(this.timer);
    const since_ms = this.changed_ms ?? performance.now();
    this.changed_ms = undefined;
    this.aborter?.abort();
    this.aborter = new AbortController();
    const { signal } = this.aborter;
    const choices = this.controls.take();
    history.replaceState(null, '', hash_of(choices) || location.pathname);
    this.main.setAttribute('aria-busy', 'true');
    delete document.body.dataset.ready;
    try {
      await this.fill(choices, signal, since_ms);
      document.body.dataset.ready = hash_of(choices) || '#';
    } catch (error) {
      if (error.name === 'AbortError') return; // a newer one is on its way
      if (!(error instanceof NoAnswer)) throw error;
      this.main.removeAttribute('aria-busy');
      this.complain(error.answer ?? { error: 'upmem-des does not answer: it has ended; start it again', control: '' });
    }
  }

  async fill(choices, signal, since_ms) {
    const answer = await ask_run({ choices }, signal);
    signal.throwIfAborted();
    if (answer.obsolete) throw new DOMException('', 'AbortError');
    this.main.removeAttribute('aria-busy');
    this.complain(answer.error ? answer : null);
    this.warn(answer.warnings ?? []);
    if (answer.error) return this.without_numbers(answer, choices, signal);
    this.show(answer);
    const took_ms = performance.now() - since_ms;
    document.body.dataset.tookMs = took_ms.toFixed(0);
    this.state.textContent = `Simulated in ${quantity(answer.seconds, 's', 2)}, shown after ${took_ms.toFixed(0)} ms.`;
    await Promise.all([this.say_bounds(choices, answer, signal), this.draw_curve(choices, signal)]);
  }

  async say_bounds(choices, { result, command }, signal) {
    if (result.events * Object.keys(result.devices).length > most_events_of_what_if) return;
    const more = await ask_run({ choices, what_if: true }, signal);
    signal.throwIfAborted();
    if (more.result) this.views.summary.show(summary_view(more.result), command);
  }

  show({ result, command }) {
    this.views.summary.show(summary_view(result), command);
    this.views.capacity.show(capacity_view(result), `${command} --json -`);
    this.views.roofline.show(roofline_view(result), `${command} --json -`);
  }

  /** Where devices are too small, what they lack is shown all the same. */
  async without_numbers(answer, choices, signal) {
    this.state.textContent = 'No numbers: this cannot run.';
    const { summary, capacity, curve, roofline } = this.views;
    summary.show([h('p', null, answer.error)], answer.command ?? '');
    for (const view of [capacity, curve, roofline]) view.show([h('p', { class: 'note' }, 'This cannot run.')], '');
    if (answer.error.startsWith('capacity: ')) {
      const over = await ask_run({ choices, allow_overflow: true }, signal);
      signal.throwIfAborted();
      if (over.result) capacity.show(capacity_view(over.result), `${over.command} --json -`);
      await this.draw_curve(choices, signal); // smaller batches may fit
    }
  }

  async draw_curve(choices, signal) {
    const view = this.views.curve;
    if (!this.offer.has_model) return view.show([h('p', { class: 'note' }, 'A trace has one batch: there is no curve.')], '');
    const chosen = Number(choices.batch ?? this.offer.now.batch);
    const points = [];
    let command = '';
    let end = '';
    await ask_curve({ choices, batches: batches_of(chosen) }, signal, (line) => {
      signal.throwIfAborted();
      command = line.command && line.batch === undefined ? line.command : command;
      if (line.result) points.push(point_of(line));
      if (line.error) end = line.batch === undefined ? line.error : `Batch ${line.batch}: ${line.error}`;
      if (points.length > 0) view.show([curve_figure(points, chosen)], command);
    });
    const figure = points.length > 0 ? [curve_figure(points, chosen)] : [];
    view.show([...figure, ...(end ? [h('p', { class: 'note', id: 'curve-end' }, end)] : [])], command);
  }

  complain(answer) {
    const placed = this.controls.complain(answer?.control ?? '', answer?.error ?? '');
    this.problem.textContent = answer && !placed ? answer.error : '';
  }

  warn(warnings) {
    this.warnings.replaceChildren(...warnings.map((text) => h('li', null, text)));
  }
}

async function start() {
  const root = document.getElementById('page');
  const offer = await ask_offer();
  if (offer.error) {
    root.replaceChildren(h('p', { class: 'message', id: 'problem' }, offer.error));
    return;
  }
  document.title = `${offer.scenario} – upmem-des explore`;
  document.getElementById('made-by').textContent = `Served by ${offer.program}.`;
  const page = new Page(offer);
  root.replaceChildren(...page.elements);
  window.addEventListener('hashchange', () => page.follow_address());
  page.follow_address();
}

start();
