using System.CommandLine;
using System.Text;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>tokenize</c>: prompts to ids.</summary>
internal static class TokenizeVerb
{
    private const int LongestRow = 1_000_000;

    public static Command Create(Terminal terminal)
    {
        var prompts = new Argument<string[]>("prompt") { Description = "Prompts; without any, one a line on standard input", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> model = CommonOptions.Model();
        var length = new Option<int?>("--max-sequence-length") { Description = "Pad or cut to so many ids (default: as many as there are)", HelpName = "N" };
        var command = new Command("tokenize", "Turn prompts into token ids: one JSON array a line") { prompts, model, length };
        command.SetAction(parsed =>
        {
            int? size = parsed.GetValue(length);
            if (size is < 1 or > LongestRow)
                throw new UsageException("--max-sequence-length", $"{size} ids can't be; choose from 1 to {LongestRow}.");
            var tokenizer = PromptTokenizer.Open(CommonOptions.CheckModel(parsed.GetValue(model) ?? BundledModel.Path));
            string[] given = parsed.GetValue(prompts) ?? [];
            foreach (string prompt in given.Length > 0 ? given : Lines(Console.OpenStandardInput()))
                terminal.Output.WriteLine($"[{string.Join(", ", tokenizer.Encode(prompt, size))}]");
            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<string> Lines(Stream input)
    {
        using var reader = new StreamReader(input, new UTF8Encoding(false, throwOnInvalidBytes: true));
        while (ReadLine(reader) is { } line)
            yield return line;
    }

    private static string? ReadLine(StreamReader reader)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException exception)
        {
            throw new UsageException("prompt", "standard input isn't UTF-8 text.", exception);
        }
    }
}
