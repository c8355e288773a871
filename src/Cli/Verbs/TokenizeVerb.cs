using System.CommandLine;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>tokenize</c>: prompts to ids.</summary>
internal static class TokenizeVerb
{
    private const int LongestRow = 1_000_000;

    public static Command Create(Terminal terminal)
    {
        var prompts = new Argument<string[]>("prompt")
        {
            Description = "Prompts; without any, one a line on standard input",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> model = CommonOptions.Model();
        var length = new Option<int?>("--max-sequence-length")
        {
            Description = "Pad or cut to so many ids (default: as many as there are)",
            HelpName = "N",
        };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("tokenize", "Turn prompts into token ids: one JSON array a line") { prompts, model, length, json };
        command.SetAction(parsed =>
        {
            int? size = parsed.GetValue(length);
            if (size is < 1 or > LongestRow)
                throw new UsageException("--max-sequence-length", $"{size} ids can't be; choose from 1 to {LongestRow}.");
            var tokenizer = PromptTokenizer.Open(CommonOptions.CheckModel(parsed.GetValue(model) ?? BundledModel.Path));
            string[] given = parsed.GetValue(prompts) ?? [];
            if (given.Any(prompt => prompt.Contains('\uFFFD')))
                terminal.Warn("a prompt has U+FFFD in it, which stands for bytes that aren't UTF-8 text; the ids are of that character.");
            IEnumerable<Row> rows = (given.Length > 0 ? given : Lines(terminal)).Select(prompt => Row.Of(prompt, tokenizer, size));
            return parsed.GetValue(json) ? PrintJson(terminal, rows) : Print(terminal, rows);
        });
        return command;
    }

    private static int Print(Terminal terminal, IEnumerable<Row> rows)
    {
        int code = ExitCode.Done;
        foreach (Row row in rows)
        {
            terminal.Output.WriteLine(row.Ids is null ? "null" : $"[{string.Join(", ", row.Ids)}]"); // a line for each line
            code = row.Ids is null ? ExitCode.Failed : code;
        }
        return code;
    }

    private static int PrintJson(Terminal terminal, IEnumerable<Row> rows)
    {
        Row[] all = [.. rows];
        terminal.WriteJson(all);
        return all.Any(row => row.Ids is null) ? ExitCode.Failed : ExitCode.Done;
    }

    private static IEnumerable<string?> Lines(Terminal terminal)
    {
        using IEnumerator<PromptLine> lines = PromptLine.Read(StandardStreams.OpenInput()).GetEnumerator();
        while (Next(lines))
        {
            if (lines.Current.Problem is { } problem)
                terminal.Say($"cogvideox: prompt: line {lines.Current.Number} of standard input: {problem}.");
            yield return lines.Current.Text;
        }
    }

    private static bool Next(IEnumerator<PromptLine> lines)
    {
        try
        {
            return lines.MoveNext();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException) // a folder, a terminal that is gone
        {
            throw new UsageException("prompt", $"standard input can't be read: {exception.Message}.", exception);
        }
    }

    /// <summary>A prompt's answer.</summary>
    /// <param name="Prompt">As it was read; null where it couldn't be.</param>
    /// <param name="Ids">With T5's end.</param>
    /// <param name="Unknown">How many of the prompt's ids, cut off or not, stand for text that no piece covers.</param>
    /// <param name="Truncated">Whether ids were cut off.</param>
    private sealed record Row(string? Prompt, int[]? Ids, int Unknown, bool Truncated)
    {
        public static Row Of(string? prompt, PromptTokenizer tokenizer, int? size)
        {
            if (prompt is null)
                return new(null, null, 0, false);
            int[] ids = tokenizer.Encode(prompt, size);
            bool truncated = size is not null && tokenizer.Encode(prompt).Length > size;
            return new(prompt, ids, tokenizer.CountUnknown(prompt), truncated);
        }
    }
}
