import http from 'node:http';
import type { JudgedUrl } from '../../domain/source-url.ts';
import type { Connect } from './connect.ts';
import type { AgentFor } from './request.ts';

/** A connection per request: what was judged is what is used. */
export function oneTimeAgents(connect: Connect): AgentFor {
  return (judged) => agentTo(judged, connect, { keepAlive: false });
}

/** One kept connection per host, for requests one after the other. */
export function keptAgents(connect: Connect): { agentFor: AgentFor; close(): void } {
  const agents = new Map<string, http.Agent>();
  return {
    agentFor(judged) {
      const { origin } = judged.url;
      const agent = agents.get(origin) ?? agentTo(judged, connect, { keepAlive: true, maxSockets: 1 });
      agents.set(origin, agent);
      return agent;
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function agentTo(judged: JudgedUrl, connect: Connect, options: http.AgentOptions): http.Agent {
  const agent = new http.Agent(options);
  agent.createConnection = () => connect(judged);
  return agent;
}
