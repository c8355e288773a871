using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli;

/// <summary>What is wrong with a command line, in one line: which option, what about it, what would be right.</summary>
internal static class UsageErrors
{
    /// <summary>What the program is called on a command line.</summary>
    public const string Program = "cogvideox";

    /// <returns>Null where nothing is wrong.</returns>
    public static string? Describe(ParseResult parsed)
    {
        if (parsed.Action is HelpText)
            return null;
        Command command = parsed.CommandResult.Command;
        ParseError? first = parsed.Errors.FirstOrDefault(error => OptionOf(error) is not null) ?? parsed.Errors.FirstOrDefault();
        string? problem = MistakenOption(parsed);
        if (problem is null && first is not null)
            problem = command.Subcommands.Count > 0 ? MissingVerb(parsed) : Describe(first, parsed);
        return problem is null ? null : $"{problem} ({PathOf(command)} --help shows what there is.)";
    }

    /// <summary>The command as it is typed: <c>cogvideox kernels show</c>.</summary>
    public static string PathOf(Command command) =>
        command is RootCommand ? Program : $"{PathOf((Command)command.Parents.Single())} {command.Name}";

    // The parser takes `--stepz` for a prompt where one may stand; nobody means that.
    private static string? MistakenOption(ParseResult parsed)
    {
        if (parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash) || parsed.CommandResult.Command is RootCommand)
            return null;
        IEnumerable<string> given = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens).Select(token => token.Value).Concat(parsed.UnmatchedTokens);
        string? mistaken = given.FirstOrDefault(word => word.Length > 1 && word[0] == '-' && !word.Any(char.IsWhiteSpace));
        if (mistaken is null)
            return null;
        string remedy = Similar.To(mistaken, OptionsOf(parsed.CommandResult.Command)) is { } meant ? $"; did you mean {meant}?"
            : TakesText(parsed) ? ". If it is meant as text, put -- before it." : ".";
        return $"{mistaken}: there is no such option{remedy}";
    }

    private static string MissingVerb(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string[] verbs = [.. command.Subcommands.Select(verb => verb.Name)];
        string of = command is RootCommand ? "" : $" of {command.Name}";
        string all = $"there {(verbs.Length == 1 ? "is" : "are")} {string.Join(", ", verbs)}.";
        if (parsed.UnmatchedTokens.Count == 0)
            return $"a verb{of} is missing; {all}";
        string given = parsed.UnmatchedTokens[0];
        if (verbs.Contains(given) && parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash))
            return $"'{given}' stands behind --, where it is no verb; leave -- out, or put it behind the verb.";
        return $"'{given}' is no verb{of}; {(Similar.To(given, verbs) is { } meant ? $"did you mean {meant}?" : all)}";
    }

    private static string Describe(ParseError error, ParseResult parsed)
    {
        if (OptionOf(error) is { } option)
            return $"{option.Option.Name}: {Describe(option, error)}";
        if (parsed.UnmatchedTokens.Count > 0)
            return DescribeUnmatched(parsed);
        return error.SymbolResult is ArgumentResult argument
            ? $"{argument.Argument.Name}: {(argument.Tokens.Count == 0 ? "it is needed." : OneLine(error.Message))}"
            : OneLine(error.Message);
    }

    private static OptionResult? OptionOf(ParseError error) =>
        error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;

    private static string Describe(OptionResult given, ParseError error) => given switch
    {
        { Implicit: true } or { IdentifierTokenCount: 0 } => "it is needed.",
        { IdentifierTokenCount: > 1 } => "it is given more than once.",
        { Tokens.Count: 0 } => $"its value is missing; give {given.Option.HelpName ?? "one"}.",
        _ when Choices(given.Option) is { Length: > 0 } choices => $"'{given.Tokens[0].Value}' can't be; choose {choices}.",
        _ when Kind(given.Option.ValueType) is { } kind => $"'{given.Tokens[0].Value}' isn't {kind}.",
        _ => OneLine(error.Message),
    };

    // Where one prompt is taken, several words are one that wasn't quoted.
    private static string DescribeUnmatched(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (TakesText(parsed) && parsed.CommandResult.Children.OfType<ArgumentResult>().FirstOrDefault() is { Tokens.Count: > 0 } prompt)
        {
            string text = string.Join(' ', prompt.Tokens.Select(token => token.Value).Concat(parsed.UnmatchedTokens));
            return $"{prompt.Argument.Name}: it is several words to the shell; put it in quotes: {Shell.QuoteText(text)}.";
        }
        if (FlagBefore(parsed) is { } flag)
            return $"{flag}: '{parsed.UnmatchedTokens[0]}' isn't true or false; alone it means true.";
        return command.Arguments.Count == 0
            ? $"'{parsed.UnmatchedTokens[0]}' is too much; {command.Name} takes options alone."
            : $"'{parsed.UnmatchedTokens[0]}' is too much; {command.Name} takes <{command.Arguments[0].Name}> and options.";
    }

    // The parser takes what isn't true or false for another argument: `--json=maybe` is two.
    private static string? FlagBefore(ParseResult parsed)
    {
        for (int i = 1; i < parsed.Tokens.Count; i++)
        {
            string before = parsed.Tokens[i - 1].Value;
            if (parsed.Tokens[i].Value == parsed.UnmatchedTokens[0] && parsed.CommandResult.Command.Options.FirstOrDefault(
                option => option.ValueType == typeof(bool) && (option.Name == before || option.Aliases.Contains(before))) is { } flag)
            {
                return flag.Name;
            }
        }
        return null;
    }

    private static bool TakesText(ParseResult parsed) => parsed.CommandResult.Command.Arguments is [{ Name: "prompt" }];

    private static IEnumerable<string> OptionsOf(Command command) =>
        command.Options.Select(option => option.Name).Concat(command.Parents.OfType<Command>().SelectMany(OptionsOf));

    private static string Choices(Option option) =>
        Words.Choice([.. option.GetCompletions(CompletionContext.Empty).Select(choice => choice.Label)]);

    private static string? Kind(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 => $"a whole number up to {int.MaxValue}",
        TypeCode.UInt64 => $"a whole number from 0 to {ulong.MaxValue}",
        TypeCode.Double => "a number, such as 6 or 7.5",
        _ => null,
    };

    private static string OneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
