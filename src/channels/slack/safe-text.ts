/*
 * What models write is shown in Slack, where marks call people and labels hide where links lead. Nothing of that is left
 * here: an invisible joiner, or a space, breaks every such mark, wherever the text was cut on its way.
 */

const joiner = '\u2060';

/** Makes text read in another order than it is written, or is no character for people. */
const deceptive = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C\u{E0000}-\u{E007F}]|(?![\n\t])\p{Cc}/gu;

/** The first character of each mark; everything else of it decides whether it is one. */
const marks = new RegExp(
  [
    // <!channel>, <@U1>, <#C1>, <https://one.example|https://other.example>, <a href=…>
    String.raw`<(?=[!@#\\]|\/?(?:a|img)(?![a-z])|[a-z][a-z0-9+.-]{0,30}:)`,
    // [label](link), ![picture](link), [label]: link
    String.raw`\](?=[(:])`,
    '@(?=channel|here|everyone)',
    // &lt;!channel&gt; becomes a mark where it is unescaped once too often.
    '&(?=#|[a-z][a-z0-9]{0,30};)',
  ].join('|'),
  'gi',
);

/** What may become a mark with what follows. */
const unfinished = /(?:<\/?(?:[a-z][a-z0-9+.-]{0,30})?|\]|@[a-z]{0,7}|&(?:[a-z][a-z0-9]{0,30})?)$/i;

/** Markdown of a model that calls nobody, hides no link and shows no picture. It looks as it was written. */
export function safeMarkdown(text: string): string {
  const stream = createSafeMarkdown();
  return stream.add(text) + stream.end();
}

/** The same for text that comes bit by bit: what may become a mark is held back until it is known. */
export interface SafeMarkdown {
  add(delta: string): string;
  /** What is left. Nothing that follows can make a mark of it. */
  end(): string;
}

export function createSafeMarkdown(): SafeMarkdown {
  let held = '';
  /** Of a character that is cut in two; whole, it may be one that is left out. */
  let half = '';
  return {
    add(delta) {
      const given = half + delta;
      half = /[\uD800-\uDBFF]$/.exec(given)?.[0] ?? '';
      const text = held + given.slice(0, given.length - half.length).replace(deceptive, '');
      const at = unfinished.exec(text)?.index ?? text.length;
      held = text.slice(at);
      return breakMarks(text, at);
    },
    end() {
      const rest = held + half;
      held = '';
      half = '';
      return rest === '' ? '' : `${breakMarks(rest, rest.length)}${joiner}`;
    },
  };
}

/** The text up to `end`. Of what follows only so much is looked at as tells whether something before it is a mark. */
function breakMarks(text: string, end: number): string {
  let broken = '';
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(marks)) {
    if (index >= end) break;
    broken += `${text.slice(from, index + 1)}${sign === ']' ? ' ' : joiner}`;
    from = index + 1;
  }
  return broken + text.slice(from, end);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text of others for a field that Slack reads its own marks in: it calls nobody. */
export function safeMrkdwn(text: string): string {
  return text
    .replace(deceptive, '')
    .replace(/[&<>]/g, (sign) => entities[sign] ?? sign)
    .replace(/@(?=channel|here|everyone)/gi, `@${joiner}`);
}

/** One line of it, of at most so many characters. */
export function safeLine(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return safeMrkdwn(shorten(line, most));
}

export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  // Not in the middle of a character.
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
