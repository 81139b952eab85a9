import type { BootView } from '#channels/http/contract/widget-chat.ts';
import { askBoot } from './boot.ts';
import type { Lifetime } from './lifetime.ts';
import { describeRefusal, type Say, watchPolicy } from './say.ts';
import type { VisitorMemory } from './visitor-memory.ts';
import type { Emit } from './widget-events.ts';

const pausesBetweenBoots = [3_000, 15_000, 60_000];

interface VisitorDeps {
  readonly service: string;
  readonly widgetId: string;
  readonly memory: VisitorMemory;
  readonly lifetime: Lifetime;
  readonly say: Say;
  readonly emit: Emit;
  /** The page's content policy does not let the chat be shown. */
  readonly onFrameBlocked: () => void;
}

/** Who the service takes the visitor for as long as the site says nothing, and how the widget looks. */
export function createVisitor({ service, widgetId, memory, lifetime, say, emit, ...deps }: VisitorDeps) {
  let appearance: BootView['appearance'] | null = null;
  let lastAnswer: BootView['lastAnswer'] = null;
  let token: string | null = null;
  let booting: Promise<boolean> | null = null;
  let isBlocked = false;
  /** Counts the visitors, so that an answer for a former one is not taken for the present one's. */
  let turn = 0;
  const blocked = (directive: string) => {
    isBlocked ||= directive === 'connect-src';
    if (directive === 'frame-src') deps.onFrameBlocked();
  };
  watchPolicy({ service, lifetime, blocked }, document);

  function refuse(code: string): void {
    const message = describeRefusal(code, { origin: location.origin, service });
    say(message);
    emit('error', { code, message });
  }

  function giveUp(): void {
    const message = `${service} cannot be reached from this page.`;
    if (!isBlocked) say(`It is not shown: ${message}`);
    emit('error', { code: 'UNREACHABLE', message });
  }

  /** Boots, again where the service cannot be reached for a while. Answers whether there is a visitor then. */
  async function tryToBoot(attempt: number): Promise<boolean> {
    const begun = turn;
    const answer = await askBoot({ service, widgetId }, memory.read().token, lifetime.signal);
    if (lifetime.signal.aborted) return false;
    // Whoever this was for has left meanwhile: what counts is the boot of whoever came after.
    if (begun !== turn) return booting ?? token !== null;
    if (answer.ok) {
      appearance = answer.view.appearance;
      lastAnswer = answer.view.lastAnswer;
      token = answer.view.visitorToken;
      memory.write({ token });
      return true;
    }
    const pause = answer.isFinal || isBlocked ? undefined : pausesBetweenBoots[attempt];
    if (pause !== undefined) {
      await new Promise<void>((resolve) => lifetime.later(pause, resolve));
      return tryToBoot(attempt + 1);
    }
    if (answer.isFinal) refuse(answer.code);
    else giveUp();
    return false;
  }

  return {
    boot(): Promise<boolean> {
      const begun = tryToBoot(0).finally(() => {
        if (booting === begun) booting = null;
      });
      booting = begun;
      return begun;
    },
    /** Done once nothing is being asked any more. */
    ready: async (): Promise<void> => void (await booting),
    /** Null before the first boot, and while somebody new is on the way. */
    token: () => token,
    appearance: () => appearance,
    lastAnswer: () => lastAnswer,
    refuse,
    /** The next boot is somebody new. Other pages of the site learn of it by what is stored. */
    forget(): void {
      turn += 1;
      token = null;
      memory.write({ token: null, seen: null });
    },
    /** As another page of the site has told: what is stored is its business. */
    forgetHere(): void {
      turn += 1;
      token = null;
    },
  };
}
