// Numbers as text.

const prefixes = [
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
  [1e-12, 'p'],
  [1e-15, 'f'],
];

export const nothing = '–';

/** What stands in place of a number: energies and powers are null where a device does not state its own. */
export function nothing_in(unit) {
  return /[JW]$/.test(unit) ? 'not stated' : nothing;
}

export function is_number(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

/** `value` with `digits` significant digits, and no exponent between 1e-4 and 1e7. */
export function rounded(value, digits = 5) {
  if (!is_number(value)) return nothing;
  if (value === 0) return '0';
  const near = Number(value.toPrecision(digits));
  const size = Math.abs(near);
  if (size < 1e-4 || size >= 1e7) return near.toExponential(digits - 1).replace('e+', 'e');
  return near.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
}

/** `value` with at most `digits` significant digits. */
export function short(value, digits = 4) {
  return is_number(value) ? String(Number(value.toPrecision(digits))) : nothing;
}

/** The unit that suits quantities up to the largest of `values`: {factor, unit}. Nobody reads kiloseconds. */
export function scale_for(values, unit) {
  let largest = 0;
  for (const value of values) if (is_number(value)) largest = Math.max(largest, Math.abs(value));
  const suits = ([factor]) => largest >= factor * (1 - 1e-12) && (unit !== 's' || factor <= 1);
  const found = largest > 0 ? prefixes.find(suits) : undefined;
  return found ? { factor: found[0], unit: found[1] + unit } : { factor: 1, unit };
}

/** "1.23 ms" */
export function quantity(value, unit, digits = 4) {
  if (!is_number(value)) return nothing_in(unit);
  const scale = scale_for([value], unit);
  return `${short(value / scale.factor, digits)} ${scale.unit}`;
}

/** 0.1234 gives "12.3 %". */
export function percent(share) {
  return is_number(share) ? `${(100 * share).toFixed(1)} %` : nothing;
}

/** part / whole, or null where that is nothing. */
export function ratio(part, whole) {
  return is_number(part) && is_number(whole) && whole > 0 ? part / whole : null;
}

/** "A", "B", …, "Z", "27", … */
export function letter(index) {
  return index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
}

/** Middle of a long name left out; numbers of devices at its end, "[0..23] × 24", stay. */
export function shortened(text, length) {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const numbers = /\[[0-9]+(\.\.[0-9]+)?\]( × [0-9]+)?$/.exec(text)?.[0].length ?? 0;
  const tail = numbers > 0 && numbers < length - 2 ? numbers : Math.floor((length - 1) / 3);
  return `${characters.slice(0, length - 1 - tail).join('')}…${characters.slice(characters.length - tail).join('')}`;
}
