/*
 * Text that came from tools or people is put into answers as text only: it can neither make a link, an image or a
 * heading nor break the table it stands in.
 */

const maxNameCharacters = 120;
/** More rows than this are counted, not shown. */
const maxRows = 50;

/** A name on one line, with everything escaped that Markdown would read. */
export function plain(text: string, maxCharacters = maxNameCharacters): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const short = line.length > maxCharacters ? `${line.slice(0, maxCharacters)}…` : line;
  return escapeMarks(short);
}

export function code(id: string): string {
  return `\`${id.replace(/[`\s]+/g, ' ').slice(0, maxNameCharacters)}\``;
}

export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const shown = rows.slice(0, maxRows).map(line);
  return [line(headings), line(headings.map(() => '---')), ...shown].join('\n');
}

/** How many rows a table or list of this many leaves out. */
export function leftOut(count: number): number {
  return Math.max(0, count - maxRows);
}

export function numbered(lines: readonly string[]): string {
  return lines
    .slice(0, maxRows)
    .map((line, index) => `${index + 1}. ${line}`)
    .join('\n');
}

function escapeMarks(text: string): string {
  return text.replace(/[\\`*[\]<>|~#]/g, (mark) => `\\${mark}`).replace(/(https?|ftp):\/\//gi, '$1:\u200B//');
}
