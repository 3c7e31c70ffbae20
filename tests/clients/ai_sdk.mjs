// Vercel's AI SDK by its defaults; prints the outcome of each use of each model as JSON.
//
// Base URL and key come from the environment, the models' names from the command line. The
// temperature comes from the environment too: only a tool that has run knows it.
import { openai } from "@ai-sdk/openai";
import { Output, generateText, stepCountIs, streamText, tool as defineTool } from "ai";
import { z } from "zod";

const system = "Answer in one sentence.";
const prompt = "How is the weather in Paris?";
const tools = {
  weather: defineTool({
    description: "Look up the weather of a city.",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `${process.env.DEGREES} degrees in ${city}`,
  }),
};
const looping = { system, tools, stopWhen: stepCountIs(3) };
const nothingStored = { providerOptions: { openai: { store: false } } };

const outcome = (text, usage) => ({ text, tokens: usage.totalTokens });
const ended = ({ text, totalUsage }) => outcome(text, totalUsage);

const uses = {
  chat: async (model) => ended(await generateText({ model, system, prompt })),
  // A tool loop, and a second question after it.
  tool: async (model) => {
    const able = { model, ...looping, ...nothingStored };
    const asked = { role: "user", content: prompt };
    const first = await generateText({ ...able, messages: [asked] });
    const messages = [asked, ...first.response.messages, { role: "user", content: "Again?" }];
    return ended(await generateText({ ...able, messages }));
  },
  stream: async (model) => {
    let text = "", failure;
    const onError = ({ error }) => (failure = error);
    const streamed = streamText({ model, prompt, ...looping, onError });
    for await (const delta of streamed.textStream) text += delta;
    if (failure) throw failure;
    return outcome(text, await streamed.totalUsage);
  },
  schema: async (model) => {
    const output = Output.object({ schema: z.object({ name: z.string() }) });
    const made = await generateText({ model, system, prompt, output });
    return outcome(made.output.name, made.totalUsage);
  },
  // By default the SDK sends a reference to an earlier text instead of the text.
  stored: async (model) => {
    const said = { type: "text", text: "Yes.", providerOptions: { openai: { itemId: "msg_1" } } };
    const messages = [
      { role: "user", content: "Is it warm?" },
      { role: "assistant", content: [said] },
      { role: "user", content: prompt },
    ];
    return ended(await generateText({ model, messages }));
  },
};

const tried = (use, model) => use(openai(model)).catch((error) => ({ error: String(error) }));

const outcomes = {};
for (const model of process.argv.slice(2)) {
  outcomes[model] = {};
  for (const [name, use] of Object.entries(uses)) outcomes[model][name] = await tried(use, model);
}
console.log(JSON.stringify(outcomes));
