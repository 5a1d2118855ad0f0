// What bounds a phase, by what faster parts would gain: as src/report/what_if_table.cpp has it.

const least_gain = 0.02;

function name_of(what) {
  return what === 'memory' ? 'memory bandwidth' : what;
}

/** '' where the phase takes no time or nobody asked. */
export function bound_by(result, phase) {
  const before = result.phases[phase].time_s;
  if (!(before > 0) || !result.what_if?.length) return '';
  const best = result.what_if.reduce((least, one) => (one.phases[phase] < least.phases[phase] ? one : least));
  return best.phases[phase] > (1 - least_gain) * before ? 'launches and latencies' : name_of(best.what);
}

/** Of one of `what_if`: "time with two times the memory bandwidth". */
export function gain_name({ what, factor }) {
  return `time with ${factor === 2 ? 'two' : factor} times the ${name_of(what)}`;
}

/** "-45.2": by how many per cent a phase's time would change. */
export function gain(result, phase, index) {
  const before = result.phases[phase].time_s;
  if (!(before > 0)) return '';
  return (100 * (result.what_if[index].phases[phase] / before - 1)).toFixed(1).replace(/^-0\.0$/, '0.0');
}
