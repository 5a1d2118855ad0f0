// What points of a roofline are called.
import { quantity, short, shortened } from './format.js';

function near(first, second) {
  return Math.abs(Math.log(first / second)) < 0.03;
}

/** Points that a reader cannot tell from this one, it included. */
export function cluster(points, { x, y }) {
  return points.filter((other) => near(other.x, x) && near(other.y, y));
}

export function point_name({ operator }) {
  return operator.name || operator.type;
}

/** The points that take most of the time, one for those that lie on each other: [{point, name, rest}]. */
function named_points(points, { most, longest, narrow }) {
  const named = [];
  const covered = new Set();
  for (const point of [...points].sort((a, b) => b.share - a.share)) {
    if (named.length >= most) break;
    if (covered.has(point)) continue;
    const others = cluster(points, point);
    others.forEach((other) => covered.add(other));
    const names = [...new Set([point, ...others].map(point_name))];
    const all = names.join(', ');
    const more = names.length - 1;
    named.push(
      more === 0 || (more === 1 && all.length <= longest)
        ? { point, name: all, rest: '' }
        : { point, name: names[0], rest: narrow ? ` + ${more}` : ` and ${more} ${more === 1 ? 'other' : 'others'}` },
    );
  }
  return named;
}

/** What may tell points of one name apart, the plainest first. */
const differences = [
  ({ operator }) => operator.phase,
  ({ operator }) => shortened(operator.architecture, 20),
  ({ operator }) => `${operator.phase}, ${shortened(operator.architecture, 20)}`,
  ({ x }) => `${short(x, 3)} flop/byte`,
  ({ x, y }) => `${short(x, 3)} flop/byte, ${quantity(y, 'flop/s', 3)}`,
];

/** Their texts: Map of point to text. How many lie there is never cut, and places of one name have different texts. */
export function labels_of(points, room) {
  const text_of = ({ name, rest }, difference = '') => {
    const end = (difference ? ` (${difference})` : '') + rest;
    return shortened(name, Math.max(8, room.longest - end.length)) + end;
  };
  const alike = new Map();
  for (const one of named_points(points, room)) {
    const name = point_name(one.point);
    alike.set(name, [...(alike.get(name) ?? []), one]);
  }
  const texts = new Map();
  for (const group of alike.values()) {
    const tells = (difference) => new Set(group.map(({ point }) => difference(point))).size === group.length;
    const difference = group.length > 1 ? (differences.find(tells) ?? differences[differences.length - 1]) : () => '';
    for (const one of group) texts.set(one.point, text_of(one, difference(one.point)));
  }
  return texts;
}
