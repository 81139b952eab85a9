import { Component, type ReactNode } from 'react';
import { Button } from './button.tsx';

/** Keeps a fault of one page from leaving a blank window, and catches page code that could not be loaded. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert" className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-20 text-center">
        <h1 className="font-semibold text-base">This page stopped working</h1>
        <p className="text-ink-2">
          That is a fault of the page, or the service was updated meanwhile. Nothing you sent is lost: load the page
          again.
        </p>
        <Button look="primary" className="mt-3" onClick={() => location.reload()}>
          Load again
        </Button>
      </div>
    );
  }
}
