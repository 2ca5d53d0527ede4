// A program of somebody's own, on the types that are generated from the OpenAPI document. It is
// compiled as strictly as the compiler can be, and run against a server with the seed.

import createClient from "openapi-fetch";

import type { components, paths } from "./api";

type Meeting = components["schemas"]["Meeting"];
type Status = components["schemas"]["MeetingStatus"];
type Problem = components["schemas"]["Problem"];

declare const process: { argv: string[] };
declare const console: { log(text: string): void };

const [, , baseUrl = "", key = ""] = process.argv;

// Of the media types that an answer may have, these are asked for: without them, a list could
// also be the text of a calendar.
type Media = "application/json" | "application/problem+json";
const client = createClient<paths, Media>({ baseUrl });

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Every status has a word; a new one in the document would not compile here. */
const WORDS: Record<Status, string> = {
  proposed: "hoped for",
  planned: "planned",
  confirmed: "sure",
  held: "over",
  postponed: "put off",
  cancelled: "off",
};

function told(problem: Problem): string {
  const first = problem.errors?.[0];
  return `${problem.status} ${problem.type}: ${first?.field ?? ""} ${first?.message ?? ""}`;
}

async function lists(): Promise<void> {
  const { data, error } = await client.GET("/v1/meetings", {
    params: {
      query: {
        party: ["TUR", "SYR", "!IRN"],
        sort: "-date,id",
        facets: "status,level",
        include: "parties,sources",
        from: "2022",
        to: "2023",
        match: "possible",
      },
    },
  });
  must(error === undefined, "a list is no problem");
  must(data.total === 2 && data.items.length === 2, "two meetings had both, without Iran");
  const words: string[] = data.items.map((meeting) => WORDS[meeting.status]);
  must(words.join() === "hoped for,over", words.join());
  const held: number | undefined = data.facets?.["status"]?.["held"];
  must(held === 1, "one of them was held");
  const name: string | undefined = data.included?.parties?.["TUR"]?.name;
  must(name === "Türkiye", "the parties come along");
  const latest: string | null | undefined = data.items[0]?.date?.latest;
  must(latest === null, "a summit that is hoped for has no last day");
  must(data.items[0]?.match === "possible", "it may lie in the range");
}

async function single(): Promise<Meeting> {
  const { data, error } = await client.GET("/v1/meetings/{id}", {
    params: { path: { id: "2023-04-25-moscow" }, query: { include: "positions" } },
  });
  must(error === undefined, "a meeting is no problem");
  const seat = data.participants.find((one) => one.party === "IRN");
  must(seat?.level === "defence_minister" && seat.role === "participant", "Iran's minister sat");
  const voiced = Object.values(data.included?.positions ?? {});
  must(voiced.some((one) => one?.stance === "reports"), "what was said comes along");
  must(data.date?.precision === "day" && data.format === "quadrilateral", "closed lists");
  return data;
}

async function problems(): Promise<void> {
  const absent = await client.GET("/v1/people/{id}", { params: { path: { id: "nobody" } } });
  must(absent.data === undefined, "nobody is there");
  const expected = "404 /docs#problem-not-found: id no person has this identifier";
  must(told(absent.error).startsWith(expected), "it says so");
  const bad = await client.GET("/v1/timeline", { params: { query: { from: "soon" } } });
  must(bad.error?.errors?.[0]?.field === "from", "the fault is named");
  const accepted: string | string[] | null | undefined = bad.error.errors[0].accepted;
  must(typeof accepted === "string", "and what would do");
}

async function timeline(): Promise<void> {
  const { data } = await client.GET("/v1/timeline", { params: { query: { limit: 1000 } } });
  must(data !== undefined && data.next === null, "all of it");
  const lines = data.items.map((entry): string => {
    switch (entry.type) {
      case "meeting":
        return `${entry.title}: ${WORDS[entry.status]}`;
      case "milestone":
        return entry.title;
      case "position":
        return `${entry.party} ${entry.stance} ${entry.issue}`;
    }
  });
  must(lines.length === data.total, "every entry");
  must(lines.includes("Quadrilateral meeting of foreign ministers: planned"), "what is planned");
}

async function writes(meeting: Meeting): Promise<void> {
  const headers = { Authorization: `Bearer ${key}` };
  const made = await client.POST("/v1/meetings", {
    headers,
    body: {
      title: "Talks of deputies",
      status: "planned",
      date: "2023-06-20",
      participants: [{ party: "RUS", role: "host" }, { party: "TUR", level: "official" }],
      sources: [{ publisher: "Example News", title: "Deputies to meet", published: "2023-06-01" }],
      positions: [{ party: "TUR", issue: "refugees", stance: "calls_for", channel: "reported" }],
      reason: "Announced",
    },
  });
  // Nothing is shown where one has asked for that: `Prefer: return=minimal`.
  must(made.data !== undefined, JSON.stringify(made.error));
  must(Object.keys(made.data.included?.positions ?? {}).length === 1, "its position with it");
  const { id, revision } = made.data;
  const patch = {
    params: { path: { id }, header: { "If-Match": `"${revision}"` } },
    headers: { ...headers, "Content-Type": "application/merge-patch+json" },
    body: { status: "held", place: { name: "Astana", country: "KAZ" } },
  } as const;
  const changed = await client.PATCH("/v1/meetings/{id}", patch);
  must(changed.data?.place?.name === "Astana", JSON.stringify(changed.error));
  const late = await client.PATCH("/v1/meetings/{id}", patch);
  must(late.error !== undefined && "current" in late.error, "the second comes too late");
  must(late.error.current?.status === "held", "and sees what stands there");
  const past = await client.GET("/v1/meetings/{id}/history", { params: { path: { id } } });
  must(past.data?.items.map((one) => one.action).join() === "changed,created", "its history");
  must(past.data.items[0]?.document?.status === "held", "with what it then was");
  // What was read can be put back, as it is.
  const same = await client.PUT("/v1/meetings/{id}", {
    params: { path: { id: meeting.id }, header: { "If-Match": `"${meeting.revision}"` } },
    headers,
    body: meeting,
  });
  must(same.data?.revision === meeting.revision, "nothing was changed by that");
}

await lists();
const meeting = await single();
await problems();
await timeline();
await writes(meeting);
console.log("all of it holds");
