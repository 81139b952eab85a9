import type { FileText } from './more-reads.ts';

const textTypes =
  /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|csv|javascript|sql|rtf|x-ndjson|(?:[\w.-]+\+)?(?:json|xml))(?:;|$))/i;
const textEndings = /\.(?:txt|text|md|markdown|csv|tsv|json|ndjson|xml|html?|ya?ml|log|ini|sql|ics|vcf|eml)$/i;
const openTypes = /^(?:application\/octet-stream|binary\/octet-stream)?(?:;|$)/i;

/** Whether a file may hold text, by what is told of it; only its content shows. */
export function mayBeText(name: string, contentType: string | null): boolean {
  const type = contentType?.trim() ?? '';
  return textTypes.test(type) || (openTypes.test(type) && textEndings.test(name));
}

/** Whether it is UTF-8 text as it says: what is none came with replacement characters, or holds what no text does. */
export function isText({ text }: FileText): boolean {
  return !text.includes('\0') && !text.includes('\uFFFD');
}
