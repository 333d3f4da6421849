// The listening room's page. Data flows one way: the router, the server's events, the player and the keyboard change
// the state (state.ts), and the views draw it.
import { options, render } from 'preact';
import { listenToEvents } from './api.ts';
import { byId } from './by-id.ts';
import { startKeyboard } from './keyboard.ts';
import { refreshAttention, refreshList, refreshOpenTask } from './loader.ts';
import { startPlayer } from './player.ts';
import { startRouter } from './router.ts';
import { state } from './state.ts';
import { AttentionPane } from './views/attention.tsx';
import { Header } from './views/header.tsx';
import { Library } from './views/library.tsx';
import { PlayerBar } from './views/player-bar.tsx';
import { TaskPane } from './views/task.tsx';

const App = () => (
  <>
    <Header />
    <main>
      <Library />
      <AttentionPane />
      <TaskPane />
    </main>
    <PlayerBar />
    <p id="said" role="status">
      {state.announcement}
    </p>
  </>
);

/** As in style.css. */
const wide = matchMedia('(min-width: 60rem)');
state.isWide.value = wide.matches;
wide.addEventListener('change', ({ matches }) => {
  state.isWide.value = matches;
});

/** At most one update per frame, and none while the page is hidden. */
options.debounceRendering = requestAnimationFrame;
render(<App />, byId('app', HTMLElement));
startPlayer();
startKeyboard();
startRouter();
listenToEvents({
  onConnection(isConnected) {
    state.isConnected.value = isConnected;
    // Even if no record has changed, the remaining hours have.
    if (isConnected) refreshAttention();
  },
  onState(server) {
    const isNew = server.revision !== state.server.peek()?.revision;
    state.server.value = server;
    if (!isNew) return;
    refreshList();
    refreshAttention();
    refreshOpenTask();
  },
});
