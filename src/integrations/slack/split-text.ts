/** Cuts text into pieces of at most so many characters: between paragraphs, else lines, else words, else anywhere. */
export function splitText(text: string, most: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > most) {
    const at = cutOf(rest, most);
    pieces.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).replace(/^\s*\n|^ +/, '');
  }
  pieces.push(rest);
  return pieces.filter((piece, index) => piece.trim() !== '' || (index === 0 && pieces.length === 1));
}

function cutOf(text: string, most: number): number {
  const start = text.slice(0, most);
  for (const mark of ['\n\n', '\n', ' ']) {
    const at = start.lastIndexOf(mark);
    // A short piece is no good: a long paragraph is cut inside rather than left whole.
    if (at > most / 3) return at;
  }
  // Not in the middle of a character.
  return /[\uD800-\uDBFF]$/.test(start) ? most - 1 : most;
}
