import { type Fields, fieldsOf, listOf, textOf } from './fields.ts';

/*
 * Whom a text calls: Slack reads `<…>` in whatever is not plain text, and names as well where `link_names` or
 * `parse: full` is on.
 */

const marks = /<([@!#][^<>]*?)(?:\|[^<>]*)?>/g;
const everybody = /^!(channel|here|everyone)\b/;

/** `@channel`, `@here`, `@everyone`, `@U…` and `@S…`, of what would be called. */
export function pingsOf(text: string, names: 'read' | 'plain' = 'plain'): readonly string[] {
  const marked = [...text.matchAll(marks)].flatMap(([, mark = '']) => pingOf(mark));
  const named =
    names === 'read' ? [...text.matchAll(/(?<![\w.])@(channel|here|everyone)\b/g)].map(([, to]) => `@${to}`) : [];
  return [...marked, ...named];
}

function pingOf(mark: string): string[] {
  const all = everybody.exec(mark);
  if (all !== null) return [`@${all[1]}`];
  if (mark.startsWith('!subteam^')) return [`@${mark.slice('!subteam^'.length)}`];
  return mark.startsWith('@') ? [mark] : [];
}

/** All text of blocks that Slack reads marks in. */
export function markedTextOf(blocks: readonly Fields[]): string {
  return blocks.map(markedIn).join('\n');
}

function markedIn(block: Fields): string {
  if (block.type === 'markdown' || block.type === 'mrkdwn') return textOf(block.text);
  if (block.type === 'user') return `<@${textOf(block.user_id)}>`;
  if (block.type === 'broadcast') return `<!${textOf(block.range)}>`;
  const inner = [fieldsOf(block.text), ...listOf(block.fields), ...listOf(block.elements), fieldsOf(block.accessory)];
  return inner.map((each) => (Object.keys(each).length === 0 ? '' : markedIn(each))).join('\n');
}

/** What Slack would fetch a preview of. */
export function linksOf(text: string): readonly string[] {
  return [...text.matchAll(/https?:\/\/[^\s<>|)\]]+/g)].map(([link]) => link);
}

/** Entities are characters again, and marks are what people see of them. */
export function displayed(text: string, nameOf: (id: string) => string): string {
  const shown = text.replaceAll(/<([^<>|]+)(?:\|([^<>]*))?>/g, (whole, mark: string, label: string | undefined) => {
    const all = everybody.exec(mark);
    if (all !== null) return `@${all[1]}`;
    if (mark.startsWith('!')) return label ?? whole;
    if (mark.startsWith('@')) return `@${label ?? nameOf(mark.slice(1))}`;
    if (mark.startsWith('#')) return `#${label ?? nameOf(mark.slice(1))}`;
    return /^(https?|mailto):/.test(mark) ? (label ?? mark) : whole;
  });
  return shown.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
