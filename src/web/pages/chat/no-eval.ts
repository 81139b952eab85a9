import { config } from 'zod/v4/core';

/*
 * To be imported before the chat library: its schemas would try whether code may be made from text, which our content
 * policy refuses and the browser reports as an attack.
 */
config({ jitless: true });
