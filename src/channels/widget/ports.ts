/** What tells an anonymous visitor apart from the others; signed by this service. */
export interface VisitorClaims {
  readonly widgetId: string;
  readonly visitorId: string;
  /** Of the page it was given to. */
  readonly origin: string;
  readonly expiresAt: Date;
}

export interface VisitorTokens {
  /** Good for 30 days from now. */
  sign(visitor: Omit<VisitorClaims, 'expiresAt'>): Promise<string>;
  /** Null for everything this service has not signed for this purpose, and for what is over. */
  verify(token: string): Promise<VisitorClaims | null>;
}

export interface WidgetKeyPlace {
  readonly organizationId: string;
  readonly widgetId: string;
  readonly keyId: string;
}

export interface VerifyingKey extends WidgetKeyPlace {
  readonly algorithm: 'HS256' | 'EdDSA';
  /** JWK; null for a shared secret. */
  readonly publicKey: object | null;
}

/** What the customer's server says of a visitor. */
export interface IdentityClaims {
  readonly subject: string;
  readonly name: string | null;
  readonly tokenId: string;
  readonly expiresAt: Date;
}

/** How the tokens of customers are checked. */
export interface IdentityVerifier {
  /** The key a token names. Nothing of it is proved yet. Throws AppError IDENTITY_INVALID where it names none. */
  keyIdOf(token: string): string;
  /** Throws AppError IDENTITY_INVALID, with what whoever makes the tokens has to change. */
  verify(token: string, key: VerifyingKey): Promise<IdentityClaims>;
}

/** How keys are made and kept. */
export interface WidgetKeyMaker {
  /** Makes and seals a shared secret. Joins the caller's transaction. */
  makeSecret(place: WidgetKeyPlace): Promise<{ reveal(): string }>;
  forgetSecret(place: WidgetKeyPlace): Promise<void>;
  /** Throws AppError INPUT_INVALID for everything but an Ed25519 public key. */
  readPublicKey(text: string): object;
}
