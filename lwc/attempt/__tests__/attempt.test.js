import { Attempt } from 'c/attempt';

describe('c-attempt', () => {
  it('asks under one key until an answer comes, and under another one after a refusal', async () => {
    const attempt = new Attempt();
    const keys = [];
    const answering = (answer) => (key) => {
      keys.push(key);
      return answer();
    };
    const lost = await attempt.run(
      answering(() => {
        throw new Error('No answer.');
      }),
    );
    expect(lost).toEqual({ errorText: 'No answer.', isLost: true });
    const refused = await attempt.run(answering(() => ({ status: 'failed', message: 'It is void.' })));
    expect(refused).toEqual({ errorText: 'It is void.', isLost: false });
    const done = { status: 'done' };
    expect(await attempt.run(answering(() => done))).toEqual({ result: done });
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[1]);
  });

  it('has a key of its own for each thing that is asked for', () => {
    expect(new Attempt().key).not.toBe(new Attempt().key);
  });
});
