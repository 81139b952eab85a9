import { RotateCw, TriangleAlert } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useLayoutEffect, useState, useSyncExternalStore } from 'react';
import { newId, ProblemError } from '../../api-client.ts';
import { Button } from '../../components/button.tsx';
import { Bar, Skeleton } from '../../components/states.tsx';
import { applyAppearance } from './appearance.ts';
import type { Bridge, BridgeState } from './bridge.ts';
import { ChatView } from './chat-view.tsx';
import { ChatHeader, CloseButton } from './layout.tsx';
import { describeProblem, titleOfProblem } from './problems.ts';
import { type Loaded, useLoaded } from './use-loaded.ts';
import type { WidgetApi } from './widget-api.ts';
import { type FrameWords, frameWords } from './words.ts';

const MemberArea = lazy(() => import('./member-parts.tsx').then((parts) => ({ default: parts.MemberArea })));

/** The chat in its frame. Nothing is drawn before the launcher has said for whom, and nothing after they have left. */
export function FrameApp({ bridge, api }: { bridge: Bridge; api: WidgetApi }) {
  const state = useSyncExternalStore(bridge.subscribe, bridge.state);
  const { state: loading, retry } = useLoaded(api, state?.turn ?? null);
  const settings = state?.settings;
  useLayoutEffect(() => {
    if (settings !== undefined) applyAppearance(document.documentElement, settings);
  }, [settings]);
  useEscape(bridge);
  useReady(bridge, state !== null);
  useRefusal(bridge, loading.name === 'failed' ? loading.error : null);
  if (state === null) return null;
  const words = frameWords[state.settings.locale];
  const close = <CloseButton label={words.close} onClose={() => bridge.post({ type: 'close' })} />;
  if (loading.name === 'loaded') {
    return (
      <Conversations
        key={keyOf(loading.loaded)}
        {...{ bridge, api, state, words }}
        loaded={loading.loaded}
        onReload={retry}
      />
    );
  }
  return (
    <div className="flex h-full flex-col">
      <ChatHeader title={state.settings.title} persona={null}>
        {close}
      </ChatHeader>
      {loading.name === 'loading' ? (
        <LoadingChat label={words.loading} />
      ) : (
        <Failed words={words} error={loading.error} onRetry={retry} />
      )}
    </div>
  );
}

/** Whoever is somebody else by now begins anew. */
function keyOf({ session }: Loaded): string {
  return `${session.visitor.kind} ${session.visitor.name}`;
}

interface ConversationsProps {
  readonly bridge: Bridge;
  readonly api: WidgetApi;
  readonly state: BridgeState;
  readonly words: FrameWords;
  readonly loaded: Loaded;
  readonly onReload: () => void;
}

/** One conversation at a time: the last one, until the visitor begins another. */
function Conversations({ loaded, onReload, ...props }: ConversationsProps) {
  const [current, setCurrent] = useState(() => ({
    id: loaded.detail?.conversation.id ?? newId(),
    detail: loaded.detail,
    isBegun: false,
  }));
  const isMember = loaded.session.visitor.kind === 'member';
  const view = (
    <ChatView
      key={current.id}
      {...props}
      session={loaded.session}
      id={current.id}
      detail={current.detail}
      isBegun={current.isBegun}
      onNew={() => setCurrent({ id: newId(), detail: null, isBegun: true })}
      onLinked={onReload}
    />
  );
  return isMember ? (
    <ForMember {...props} session={loaded.session}>
      {view}
    </ForMember>
  ) : (
    view
  );
}

function ForMember({
  api,
  session,
  words,
  children,
}: Pick<ConversationsProps, 'api' | 'words'> & { session: Loaded['session']; children: ReactNode }) {
  return (
    <Suspense fallback={<LoadingChat label={words.loading} />}>
      <MemberArea api={api} session={session}>
        {children}
      </MemberArea>
    </Suspense>
  );
}

function LoadingChat({ label }: { label: string }) {
  return (
    <Skeleton label={label}>
      <div className="grid gap-5 px-4 pt-6">
        <Bar className="h-16 w-9/12 rounded-2xl" />
        <Bar className="h-10 w-1/2 justify-self-end rounded-2xl" />
        <Bar className="h-24 w-10/12 rounded-2xl" />
      </div>
    </Skeleton>
  );
}

function Failed({ words, error, onRetry }: { words: FrameWords; error: unknown; onRetry: () => void }) {
  return (
    <div role="alert" className="m-auto flex max-w-xs flex-col items-center gap-2 px-6 py-10 text-center">
      <span className="mb-1 grid size-11 place-items-center rounded-xl bg-accent-soft text-accent">
        <TriangleAlert className="size-5" aria-hidden />
      </span>
      <h2 className="font-semibold text-base text-balance">{titleOfProblem(words, error)}</h2>
      <p className="text-ink-2 text-pretty">{describeProblem(words, error)}</p>
      <Button className="mt-3" onClick={onRetry}>
        <RotateCw className="size-4" aria-hidden />
        {words.retry}
      </Button>
    </div>
  );
}

/** The launcher shows the frame once there is something in it. */
function useReady(bridge: Bridge, isKnown: boolean): void {
  useEffect(() => {
    if (isKnown) bridge.post({ type: 'ready' });
  }, [bridge, isKnown]);
}

const forBuilders: readonly string[] = ['WIDGET_OFF', 'ORIGIN_REFUSED'];

/** What only whoever builds the page can change is said in its console. */
function useRefusal(bridge: Bridge, error: unknown): void {
  useEffect(() => {
    if (error instanceof ProblemError && forBuilders.includes(error.code)) {
      bridge.post({ type: 'refused', code: error.code });
    }
  }, [bridge, error]);
}

/** Escape closes what is open in here first, and then the chat itself. */
function useEscape(bridge: Bridge): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
      if (document.querySelector('dialog[open], :popover-open') === null) bridge.post({ type: 'close' });
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [bridge]);
}
