/** How somebody or something that a message names is called. */
export type NameOf = (id: string) => Promise<string>;

const mark = /<([^<>|]+)(?:\|([^<>]*))?>/g;

/** What a person wrote, as they saw it: without Slack's marks and entities, and without the bot's own name. */
export async function toPlainText(
  text: string,
  { botUserId, nameOf }: { readonly botUserId: string; readonly nameOf: NameOf },
): Promise<string> {
  const names = new Map<string, string>();
  for (const [, target = ''] of text.matchAll(mark)) {
    const id = personIn(target);
    if (id !== null && id !== botUserId && !names.has(id)) names.set(id, await nameOf(id));
  }
  const shown = text.replace(mark, (_whole, target: string, label: string | undefined) => {
    const id = personIn(target);
    if (id === botUserId) return '';
    return id === null ? showMark(target, label) : `@${label || (names.get(id) ?? id)}`;
  });
  return unescapeEntities(shown).trim();
}

function personIn(target: string): string | null {
  return /^@([UW][A-Z0-9]+)$/.exec(target)?.[1] ?? null;
}

function showMark(target: string, label: string | undefined): string {
  if (target.startsWith('#')) return `#${label || target.slice(1)}`;
  if (target.startsWith('!')) return showSpecial(target.slice(1), label);
  if (label === undefined || label === '') return target.replace(/^mailto:/, '');
  const bare = target.replace(/^(?:https?:\/\/|mailto:|tel:)/, '').replace(/\/$/, '');
  return label === target || label.replace(/\/$/, '') === bare ? label : `${label} (${target})`;
}

function showSpecial(target: string, label: string | undefined): string {
  if (/^(?:channel|here|everyone)$/.test(target)) return `@${target}`;
  if (label !== undefined && label !== '') return label;
  return target.startsWith('subteam^') ? `@${target.slice('subteam^'.length)}` : target;
}

/** Once each, the ampersand last: what stood escaped twice is still escaped. */
function unescapeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
