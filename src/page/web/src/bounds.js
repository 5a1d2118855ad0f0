// What bounds a phase, by what faster parts would gain: as src/report/what_if_table.cpp has it.
import { is_number, ratio } from './format.js';

const least_gain = 0.02;

function name_of(what) {
  return what === 'memory' ? 'memory bandwidth' : what;
}

/**
 * What shortens a time of `before` most, by `answers` whose own is then_of(answer); `otherwise` where nothing does. ''
 * where there is no time, or nobody asked.
 */
export function bound(answers, before, then_of, otherwise) {
  if (!(before > 0) || !answers?.length) return '';
  const best = answers.reduce((least, one) => (then_of(one) < then_of(least) ? one : least));
  return then_of(best) > (1 - least_gain) * before ? otherwise : name_of(best.what);
}

/** A phase without events has what the other left for it: the last result's transfer. */
function phase_s({ phases }, phase) {
  return phases[phase].events > 0 ? phases[phase].time_s : 0;
}

export function bound_by(result, phase) {
  return bound(result.what_if, phase_s(result, phase), ({ phases }) => phases[phase], 'launches and latencies');
}

/** Of one of `what_if`: "two times the memory bandwidth". */
export function faster_name({ what, factor }) {
  return `${factor === 2 ? 'two' : factor} times the ${name_of(what)}`;
}

export function gain_name(one) {
  return `time with ${faster_name(one)}`;
}

/** By what part of `before` it changes; null where there is nothing to change. */
export function change(before, after) {
  const whole = ratio(after, before);
  return whole === null ? null : whole - 1;
}

/** Of the time of a phase, or of all where there is none, by one of `what_if`. */
export function gain(result, one, phase) {
  return phase === null
    ? change(result.time_s, one.time_s)
    : change(phase_s(result, phase), one.phases[phase]);
}

/** "-45.2": a change in per cent; `otherwise` where there is none. */
export function gain_text(value, otherwise) {
  if (!is_number(value)) return otherwise;
  const text = (100 * value).toFixed(1);
  return Number(text) === 0 ? '0.0' : value > 0 ? `+${text}` : text;
}
