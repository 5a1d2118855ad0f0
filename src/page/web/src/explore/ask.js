// Requests to the program that served the page.
import { harmless } from '../dom.js';

const page = crypto.randomUUID();

function parsed(text) {
  return JSON.parse(text, (key, value) => (typeof value === 'string' ? harmless(value) : value));
}

/** The program has ended, or refuses: then `answer` is what it says. */
export class NoAnswer extends Error {
  constructor(answer) {
    super(answer?.error ?? 'no answer');
    this.answer = answer;
  }
}

function fail(error) {
  throw error.name === 'AbortError' ? error : new NoAnswer();
}

async function asked(path, options) {
  const response = await fetch(path, options).catch(fail);
  if (!response.ok) throw new NoAnswer(parsed(await response.text().catch(fail)));
  return response;
}

function post(path, body, signal) {
  return asked(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ page, ...body }),
    signal,
  });
}

export async function ask_offer() {
  return parsed(await (await asked('/api/offer')).text());
}

/** {command, result, warnings, seconds}, or {error, control}. */
export async function ask_run(body, signal) {
  return parsed(await (await post('/api/run', body, signal)).text());
}

/** Calls act({command}) and then act(point) as the points end. */
export async function ask_curve(body, signal, act) {
  const reader = (await post('/api/curve', body, signal)).body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read().catch(fail);
    text += decoder.decode(value, { stream: !done });
    const lines = text.split('\n');
    text = lines.pop();
    for (const line of lines) act(parsed(line));
    if (done) return;
  }
}
