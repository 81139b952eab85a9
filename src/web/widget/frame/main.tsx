import '../../pages/chat/no-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../../styles.css';
import { previewPath } from '../protocol.ts';
import { createBridge } from './bridge.ts';
import { FrameApp } from './frame-app.tsx';
import { Preview } from './preview.tsx';
import { createWidgetApi } from './widget-api.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element.');
createRoot(root).render(<StrictMode>{location.pathname === previewPath ? <Preview /> : makeFrame()}</StrictMode>);

function makeFrame() {
  const bridge = createBridge(window);
  const api = createWidgetApi(bridge);
  bridge.onLogOut(() => api.logOut());
  return <FrameApp bridge={bridge} api={api} />;
}
