/** A style sheet whose text can be changed. */
export interface Sheet {
  set(css: string): void;
  remove(): void;
}

/**
 * Puts a style sheet on a document or into a shadow root so that a strict content policy has nothing to refuse. Browsers
 * that cannot make sheets get a style element, for which such a policy has to know the nonce.
 */
export function addSheet(root: Document | ShadowRoot, css: string, nonce: string | undefined): Sheet {
  if ('adoptedStyleSheets' in root && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return {
      set: (text) => sheet.replaceSync(text),
      remove() {
        root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
      },
    };
  }
  return addStyleElement(root, css, nonce);
}

function addStyleElement(root: Document | ShadowRoot, css: string, nonce: string | undefined): Sheet {
  const element = document.createElement('style');
  if (nonce !== undefined) element.nonce = nonce;
  element.textContent = css;
  ('head' in root ? root.head : root).append(element);
  return {
    set: (text) => {
      element.textContent = text;
    },
    remove: () => element.remove(),
  };
}
