// Equal rows of things that are numbered in a row become one: "dimm[0..23] × 24".

function split(name) {
  const found = /^(.*\[)(0|[1-9][0-9]{0,8})(\][^[\]]*)$/.exec(name);
  return found ? { before: found[1], number: Number(found[2]), after: found[3] } : null;
}

/**
 * items: [{name, key}], key: text that is equal where rows are. Gives [{name, items}], name as above, in the order of
 * each row's first item.
 */
export function folded(items) {
  const rows = [];
  const latest = new Map();
  for (const item of items) {
    const parts = split(item.name);
    const family = parts ? JSON.stringify([parts.before, parts.after]) : '';
    const row = parts ? latest.get(family) : undefined;
    if (row && row.last + 1 === parts.number && row.items[0].key === item.key) {
      row.items.push(item);
      row.last = parts.number;
    } else {
      const fresh = { parts, first: parts?.number, last: parts?.number, items: [item] };
      rows.push(fresh);
      if (parts) latest.set(family, fresh);
    }
  }
  return rows.map(({ parts, first, last, items: members }) => ({
    name: members.length === 1 ? members[0].name : `${parts.before}${first}..${last}${parts.after} × ${members.length}`,
    items: members,
  }));
}
