"""Medians of what bench_inference.py measured, and tables of them in Markdown."""

import statistics

median = statistics.median


def summary(result):
    """One model's medians: each request with Quill's rate, that of the best peer, and how near Quill is to the roofline."""
    runs = result["quill"]
    prompts = [request for request in result["requests"] if "prompt" in request]
    rows = []
    for index, request in enumerate(result["requests"]):
        is_prompt = "prompt" in request
        place = index if is_prompt else index - len(prompts)
        key, rate, share = ("prompts", "pp_tok_s", "pp_share_of_peak") if is_prompt else ("contexts", "tg_tok_s", "tg_share_of_read")
        tokens = request["prompt"] if is_prompt else request["generate"]
        peers = {name: tokens / median(times[index]) for name, times in result["peers"].items()}
        best = max(peers, key=peers.get)
        # The ratio of each round: what disturbs the machine for minutes disturbs both.
        ratios = [run[key][place][rate] * times / tokens for run, times in zip(runs, result["peers"][best][index])]
        shares = [run[key][place][share] for run in runs]
        rows.append(request | {
            "quill": median(run[key][place][rate] for run in runs), "peers": peers, "best": best, "ratio": median(ratios),
            "share": None if None in shares else median(shares)})  # fmt: skip
    first = runs[0]
    return {
        "model": result["model"], "threads": result["threads"], "rounds": len(runs), "rows": rows,
        "processor": first["processor"], "isa": first["isa"], "version": first["version"],
        "roofline": {name: median(run["roofline"][name] for run in runs) if number is not None else None
                     for name, number in first["roofline"].items() if name.endswith("_s")},
        "instructions": first["roofline"]["int8_instructions"],
        "load_to_first_token_s": median(run["load_to_first_token_s"] for run in runs),
        "peak_mib": median(run["peak_mib"] for run in runs), "kv_mib": first["kv_bytes"] / 2**20,
        "file_mib": result["file_mib"], "peer_peak_mib": result["peer_peak_mib"],
    }  # fmt: skip


def share(number):
    return "–" if number is None else f"{100 * number:.0f} %"


def table(titles, rows):
    lines = [titles, ["---"] + ["--:"] * (len(titles) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def machine(summaries):
    """The line below a table: on what it was measured, and what that can do at most."""
    first = summaries[0]
    roofline = [f"{median(found):.{digits}f} {unit}"
                for name, digits, unit in [("read_gb_s", 1, "GB/s plain read"), ("float32_gop_s", 0, "GFLOP/s float32"),
                                           ("int8_gop_s", 0, f"Gop/s int8 ({first['instructions']})"),
                                           ("bfloat16_gop_s", 0, "GFLOP/s bfloat16")]
                if (found := [one["roofline"][name] for one in summaries if one["roofline"].get(name)])]  # fmt: skip
    threads = " and ".join(str(count) for count in sorted({one["threads"] for one in summaries}))
    return (f"{first['processor']}, {threads} threads, Quill {first['version']} with {first['isa']}; medians of {first['rounds']} rounds in turn, "
            f"tokens per second. Measured in the same run: {', '.join(roofline)}.")  # fmt: skip


def ratios(summaries):
    rows = []
    for one in summaries:
        prompt, generated = one["rows"]
        rows.append([one["model"]] + [cell for row in (prompt, generated) for cell in (
            f"{row['quill']:.1f}", f"{row['peers'][row['best']]:.1f}", f"**{row['ratio']:.2f}**", share(row["share"]))])  # fmt: skip
    prompt, generated = summaries[0]["rows"]
    titles = ["model", f"prompt of {prompt['prompt']}", "best peer", "ratio", "of the peak",
              f"{generated['generate']} generated", "best peer", "ratio", "of a plain read"]  # fmt: skip
    memory = [[one["model"], f"{one['load_to_first_token_s']:.2f}", f"{one['peak_mib']:.0f}",
               f"{one['file_mib'] + one['kv_mib']:.0f}", f"{min(one['peer_peak_mib'].values()):.0f}"] for one in summaries]  # fmt: skip
    return "\n\n".join([
        table(titles, rows), machine(summaries),
        table(["model", "load to first token, s", "peak, MiB", "file and cache, MiB", "peer's peak, MiB"], memory)])  # fmt: skip


def growth(summaries):
    rows = [[one["model"], one["threads"], f"prompt of {row['prompt']}" if "prompt" in row else f"generation at {row['context']}",
             f"{row['quill']:.1f}", f"{row['peers'][row['best']]:.1f}", f"**{row['ratio']:.2f}**", share(row["share"])]
            for one in summaries for row in one["rows"]]  # fmt: skip
    lines = [machine([one for one in summaries if one["threads"] == threads]) for threads in sorted({one["threads"] for one in summaries})]
    return table(["model", "threads", "what", "Quill", "best peer", "ratio", "of the roofline"], rows) + "\n\n" + "\n\n".join(lines)
