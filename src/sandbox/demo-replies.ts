import { germanReplies } from './demo-replies-de.ts';
import { englishReplies } from './demo-replies-en.ts';
import type { Language } from './demo-text.ts';

/** Every sentence the demo model can say; both languages have the same ones. */
export type Replies = typeof englishReplies;

export function repliesIn(language: Language): Replies {
  return language === 'de' ? germanReplies : englishReplies;
}
