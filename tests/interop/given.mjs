// What a test tells its script. Read piece by piece: a pipe that is not full yet is no end.
let text = '';
for await (const piece of process.stdin) text += piece;
export const given = JSON.parse(text);
