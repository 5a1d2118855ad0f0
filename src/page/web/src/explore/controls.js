// What can be chosen, with the scenario's own values where nothing is.
import { h, new_id } from '../dom.js';
import { quantity } from '../format.js';

const step_factor = 2;

/** A label, its control and the message beside it. */
class Choice {
  constructor(name, label, control, ...beside) {
    this.name = name;
    this.control = control;
    control.id = new_id(name);
    control.dataset.control = name;
    this.problem = h('p', { class: 'problem', id: new_id('problem'), role: 'alert' });
    control.setAttribute('aria-describedby', this.problem.id);
    this.element = h(
      'div',
      { class: 'choice' },
      h('label', { for: control.id }, label),
      beside.length > 0 ? h('span', { class: 'entry' }, control, beside) : control,
      this.problem,
    );
  }

  /** own: the value that is no choice. */
  take() {
    const text = this.control.value.trim();
    return this.control.disabled || text === '' || text === this.own ? undefined : text;
  }

  put(text) {
    this.control.value = text ?? this.own ?? '';
    this.mark();
  }

  mark() {
    this.element.classList.toggle('changed', this.take() !== undefined);
  }

  complain(text) {
    this.problem.textContent = text;
    if (text) this.control.setAttribute('aria-invalid', 'true');
    else this.control.removeAttribute('aria-invalid');
  }
}

function selection(name, label, options) {
  const choice = new Choice(name, label, h('select'));
  choice.own = '';
  choice.offer = (list) => {
    const chosen = choice.control.value;
    choice.control.replaceChildren(...list.map(([value, text]) => h('option', { value }, text)));
    choice.control.value = list.some(([value]) => value === chosen) ? chosen : '';
  };
  choice.offer(options);
  choice.put = (text) => {
    // What the address says and nobody offers is for the program to refuse.
    if (text !== undefined && ![...choice.control.options].some(({ value }) => value === text))
      choice.control.append(h('option', { value: text }, text));
    choice.control.value = text ?? '';
    choice.mark();
  };
  return choice;
}

function count(name, label, own, steps = true) {
  const input = h('input', { type: 'text', inputmode: 'numeric', autocomplete: 'off', spellcheck: 'false' });
  const step = (text, factor, title) => {
    const button = h('button', { type: 'button', 'aria-label': `${title} ${label.toLowerCase()}` }, text);
    button.addEventListener('click', () => {
      const next = Math.max(1, Math.round(Number(input.value) * factor));
      if (!Number.isFinite(next)) return;
      input.value = String(next);
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
    return button;
  };
  const buttons = steps ? [step('÷2', 1 / step_factor, 'Halve'), step('×2', step_factor, 'Double')] : [];
  const choice = new Choice(name, label, input, ...buttons);
  choice.own = own;
  return choice;
}

function model_text(name) {
  return name.replace(/^models\//, '').replace(/\.json$/, '');
}

function device_text({ name, memory_Bps, flops_per_s, capacity_B }) {
  const figures = [quantity(flops_per_s, 'flop/s', 3), quantity(memory_Bps, 'B/s', 3)];
  if (capacity_B) figures.push(quantity(capacity_B, 'B', 3));
  return `${name}: ${figures.join(', ')}`;
}

function machine_text({ name, count: devices, architecture }) {
  return `${name.replace('.yaml', '')}: ${devices} × ${architecture}`;
}

/** All choices for an offer of the program. act() is called when one has changed. */
export function make_controls(offer, act) {
  const { now } = offer;
  const open = (text) => [['', text]];
  const formats = offer.formats.map((name) => [name, name]);
  const own_machine = now.machine ? `${now.machine} (the scenario’s)` : 'as the scenario says';
  const list = [
    selection('model', 'Model', [
      ...open(`${model_text(now.model) || 'a trace'} (the scenario’s)`),
      ...offer.models.filter((name) => name !== now.model).map((name) => [name, model_text(name)]),
    ]),
    count('batch', 'Batch', now.batch),
    count('prompt_tokens', 'Tokens in', now.prompt_tokens),
    count('output_tokens', 'Tokens out', now.output_tokens),
    selection('machine', 'Machine', [...open(own_machine), ...offer.machines.map((one) => [one.name, machine_text(one)])]),
    selection('device', 'Device', []),
    ...['tp', 'pp', 'dp', 'cp', 'ep'].map((axis) => count(axis, axis, String(now.parallel?.[axis] ?? 1), false)),
    selection('dtype', 'Computed in', [...open(`${now.dtype || 'the trace’s'} (the scenario’s)`), ...formats]),
    selection('weight_dtype', 'Weights', [...open(now.weight_dtype || 'the model’s'), ...formats]),
    selection('kv_dtype', 'KV cache', [...open(now.kv_dtype || 'as computed in'), ...formats]),
  ];
  const by_name = Object.fromEntries(list.map((choice) => [choice.name, choice]));
  const axes = ['tp', 'pp', 'dp', 'cp', 'ep'].map((axis) => by_name[axis]);
  const titles = ['tensor', 'pipeline', 'data', 'context', 'expert'];
  axes.forEach(({ control }, index) => control.setAttribute('title', `${titles[index]} parallel`));

  /** What depends on the machine: whose device is replaced, and whether there is anything to lay out. */
  let offered; // a list that is open must not be made anew
  const settle = () => {
    const machine = offer.machines.find(({ name }) => name === by_name.machine.control.value);
    const own = machine ? machine.architecture : now.device;
    const devices = [
      ...open(own ? `${own} (${machine ? 'the machine’s' : 'the scenario’s'})` : 'as the scenario says'),
      ...offer.devices.filter(({ name }) => name !== own).map((device) => [device.name, device_text(device)]),
    ];
    if (offered !== by_name.machine.control.value) by_name.device.offer(devices);
    offered = by_name.machine.control.value;
    by_name.device.control.disabled = !machine && now.machine !== '' && !now.group;
    for (const axis of axes) {
      axis.own = machine ? '1' : String(now.parallel?.[axis.name] ?? 1);
      axis.control.disabled = !machine && !now.parallel;
      if (axis.control.disabled) axis.control.value = axis.own;
    }
    for (const name of ['model', 'batch', 'prompt_tokens', 'output_tokens']) by_name[name].control.disabled = !offer.has_model;
    list.forEach((choice) => choice.mark());
  };
  const set = (legend, ...parts) => h('fieldset', null, h('legend', null, legend), parts);
  const place = (name) => by_name[name].element;
  const axis_problem = h('p', { class: 'problem', role: 'alert' });
  const form = h(
    'form',
    { class: 'choices', 'aria-label': 'Choices' },
    set('What runs', place('model'), place('batch'), place('prompt_tokens'), place('output_tokens')),
    set(
      'Where',
      place('machine'),
      place('device'),
      h('div', { class: 'axes', role: 'group', 'aria-label': 'Parallel' }, axes.map(({ element }) => element)),
      axis_problem,
      h('p', { class: 'note' }, 'Tensor, pipeline, data, context and expert parallel: tp · pp · dp · cp devices of a machine.'),
    ),
    set('Number formats', place('dtype'), place('weight_dtype'), place('kv_dtype')),
  );
  const changed = ({ target }) => {
    if (!target.dataset.control) return;
    settle();
    act();
  };
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('submit', (event) => event.preventDefault());
  return {
    form,
    take: () => Object.fromEntries(list.map((one) => [one.name, one.take()]).filter(([, text]) => text !== undefined)),
    put: (choices) => {
      by_name.machine.put(choices.machine);
      settle();
      for (const choice of list) choice.put(choices[choice.name]);
      settle();
    },
    /** Shows a message beside its control; false where it belongs to none. */
    complain: (name, text) => {
      const of_axis = axes.some((axis) => axis.name === name);
      for (const choice of list) choice.complain(choice.name === name ? text : '');
      axis_problem.textContent = of_axis ? text : '';
      return name in by_name;
    },
  };
}
