import type { KnownBlock } from '@slack/web-api';

export const feedbackAction = 'persona_feedback';

export const ratings = ['good', 'bad'] as const;
export type Rating = (typeof ratings)[number];

/** Two buttons below an answer that say whether it has helped. */
export function feedbackBlock(runId: string): KnownBlock {
  return {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: feedbackAction,
        positive_button: {
          text: { type: 'plain_text', text: 'Good answer' },
          accessibility_label: 'Say that this answer was good',
          value: `good:${runId}`,
        },
        negative_button: {
          text: { type: 'plain_text', text: 'Bad answer' },
          accessibility_label: 'Say that this answer was bad',
          value: `bad:${runId}`,
        },
      },
    ],
  };
}

/** Null for what is no value of these buttons. */
export function readRating(value: string): { readonly rating: Rating; readonly runId: string } | null {
  const [, word, runId] = /^(good|bad):([A-Za-z0-9_-]{1,64})$/.exec(value) ?? [];
  const rating = ratings.find((known) => known === word);
  return rating === undefined || runId === undefined ? null : { rating, runId };
}
