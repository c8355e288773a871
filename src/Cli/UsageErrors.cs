using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;

namespace CogVideoX.Cli;

/// <summary>What is wrong with a command line, in one line: which option, what about it, what would be right.</summary>
internal static class UsageErrors
{
    /// <returns>Null where nothing is wrong.</returns>
    public static string? Describe(ParseResult parsed)
    {
        ParseError? first = parsed.Errors.FirstOrDefault(error => OptionOf(error) is not null) ?? parsed.Errors.FirstOrDefault();
        string? problem = MistakenOption(parsed) ?? (first is null ? null : Describe(first, parsed));
        return problem is null ? null : $"{problem} ({Help(parsed)})";
    }

    // The parser takes `--stepz` for a prompt where one may stand; nobody means that.
    private static string? MistakenOption(ParseResult parsed)
    {
        if (parsed.Action is System.CommandLine.Help.HelpAction || parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash))
            return null;
        Token? mistaken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .FirstOrDefault(token => token.Value.Length > 1 && token.Value[0] == '-' && !token.Value.Any(char.IsWhiteSpace));
        return mistaken is null ? null : $"{mistaken.Value}: there is no such option. If it is meant as text, put -- before it.";
    }

    private static string Describe(ParseError error, ParseResult parsed)
    {
        if (parsed.CommandResult.Command is { Subcommands.Count: > 0 } root)
            return $"{(parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is no verb" : "a verb is missing")}; there are {string.Join(", ", root.Subcommands.Select(verb => verb.Name))}.";
        return OptionOf(error) is { } given ? $"{given.Option.Name}: {Describe(given, error)}" : OneLine(error.Message);
    }

    private static OptionResult? OptionOf(ParseError error) => error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;

    private static string Describe(OptionResult given, ParseError error) => given switch
    {
        { Implicit: true } or { IdentifierTokenCount: 0 } => "it is needed.",
        { IdentifierTokenCount: > 1 } => "it is given more than once.",
        { Tokens.Count: 0 } => $"its value is missing; give {given.Option.HelpName ?? "one"}.",
        _ when Choices(given.Option) is { Length: > 0 } choices => $"'{given.Tokens[0].Value}' can't be; choose {choices}.",
        _ when Kind(given.Option.ValueType) is { } kind => $"'{given.Tokens[0].Value}' isn't {kind}.",
        _ => OneLine(error.Message),
    };

    private static string Choices(Option option) => string.Join(" or ", option.GetCompletions(CompletionContext.Empty).Select(choice => choice.Label));

    private static string? Kind(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 => $"a whole number up to {int.MaxValue}",
        TypeCode.UInt64 => $"a whole number from 0 to {ulong.MaxValue}",
        TypeCode.Double => "a number, such as 6 or 7.5",
        _ => null,
    };

    private static string OneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Help(ParseResult parsed) =>
        $"cogvideox {string.Concat(Verbs(parsed.CommandResult).Reverse().Select(verb => verb + " "))}--help shows what there is.";

    // From the inner to the outer.
    private static IEnumerable<string> Verbs(CommandResult? verb)
    {
        for (; verb is { Command: not RootCommand }; verb = verb.Parent as CommandResult)
            yield return verb.Command.Name;
    }
}
