/** The line of a text that an error speaks of, or null: “line 4: …” is the fourth. */
export function lineNamed(message: string, text: string): { readonly number: number; readonly text: string } | null {
  const found = /\bline (\d+)/i.exec(message)?.[1];
  if (found === undefined) return null;
  const number = Number(found);
  const line = text.split(/\r\n?|\n/)[number - 1]?.trimEnd();
  return line === undefined || line === '' ? null : { number, text: line.slice(0, 200) };
}
