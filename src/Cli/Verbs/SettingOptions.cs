using System.CommandLine;
using System.Globalization;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>
/// Options that set members of <see cref="GenerationSettings"/>: they have the settings' names, and need nothing else to be read.
/// </summary>
internal static class SettingOptions
{
    /// <summary>The settings that a command line gives; the others are open.</summary>
    /// <exception cref="UsageException">A value that the setting can't have.</exception>
    public static GenerationSettings Read(ParseResult parsed)
    {
        var settings = new GenerationSettings();
        foreach (Setting setting in GenerationSettings.All)
        {
            string name = PropertyNames.OptionOf(setting);
            Option? option = parsed.CommandResult.Command.Options.FirstOrDefault(option => option.Name == name);
            if (option is not null && TextOf(parsed, option) is { } text)
                settings = Read(setting, settings, name, text);
        }
        return settings;
    }

    // Where help stands in the value's place, the parser lets anything pass.
    private static GenerationSettings Read(Setting setting, GenerationSettings settings, string option, string text)
    {
        try
        {
            return setting.WithText(settings, text);
        }
        catch (FormatException exception)
        {
            throw new UsageException(option, exception.Message + ".", exception);
        }
    }

    private static string? TextOf(ParseResult parsed, Option option)
    {
        if (option is Option<ulong?> seed) // which may have been drawn
            return parsed.GetValue(seed)?.ToString(CultureInfo.InvariantCulture);
        return parsed.GetResult(option) is { Implicit: false, Tokens: [.., var last] } ? last.Value : null;
    }
}
