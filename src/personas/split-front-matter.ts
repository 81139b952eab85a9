import { Fault } from './fault.ts';

const fence = '---';

export interface SplitFile {
  readonly yaml: string;
  /** What stands below the settings, without empty lines around it. */
  readonly body: string;
}

/** Takes a file with settings between `---` lines apart. `words` tell what is missing. Throws a Fault. */
export function splitFrontMatter(
  text: string,
  words: { readonly settings: string; readonly body: string; readonly noBody: string },
): SplitFile {
  const lines = withPlainLineEnds(text).split('\n');
  const garbled = lines.findIndex((line) => /[\uFFFD\0]/.test(line));
  if (garbled !== -1)
    throw new Fault(garbled + 1, 'This is not plain UTF-8 text. Save the file again with the encoding UTF-8.');
  if (lines[0]?.trimEnd() !== fence) {
    throw new Fault(1, `The file must begin with a line “---”, then ${words.settings} and so on, then another “---”.`);
  }
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === fence);
  if (end === -1)
    throw new Fault(lines.length, `The front matter is not closed. Add a line “---” before the ${words.body}.`);
  const body = lines
    .slice(end + 1)
    .join('\n')
    .trim();
  if (body === '') throw new Fault(end + 1, words.noBody);
  return { yaml: lines.slice(1, end).join('\n'), body };
}

/** Editors on Windows write a mark at the beginning and other line ends; neither changes what is meant. */
function withPlainLineEnds(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}
