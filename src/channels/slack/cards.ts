import { askCards } from './ask-cards.ts';
import { createCardKit, type SlackCardsDeps } from './card-kit.ts';
import { createPostCard } from './card-posts.ts';
import type { SlackCards } from './ports.ts';
import { pressCard } from './press-card.ts';
import { refreshCards } from './refresh-cards.ts';

export type { SlackCardsDeps };

export function createSlackCards(deps: SlackCardsDeps): SlackCards {
  const kit = createCardKit(deps);
  const post = createPostCard(kit);
  return {
    ask: (place, asked) => askCards({ kit, post, place }, asked),
    pressed: (press, actor) => pressCard(kit, press, actor),
    refresh: () => refreshCards(kit),
  };
}
