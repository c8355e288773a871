using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Hub;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Cli.Verbs;

/// <summary>Options that several verbs have.</summary>
internal static class CommonOptions
{
    private const string NameOne =
        "name the folder of a model, the one that has model_index.json in it, or a model of the Hugging Face cache as OWNER/NAME.";

    public static Option<string?> Model()
    {
        Option<string?> model = PathOption<string?>("--model");
        model.Description = "Checkpoint: its folder, in the layout of Hugging Face, or its name in the Hugging Face cache, such as "
            + "THUDM/CogVideoX-2b (default: the bundled shapes)";
        model.HelpName = "DIR|NAME";
        return model;
    }

    /// <summary>An option that names a file or folder: what can't be a path is refused before anything is opened.</summary>
    /// <typeparam name="T"><see cref="string"/>, or nullable where it may be left out.</typeparam>
    public static Option<T> PathOption<T>(string name, params string[] aliases)
    {
        var option = new Option<T>(name, aliases);
        option.Validators.Add(CheckPaths);
        return option;
    }

    /// <summary>The same for an argument, or several.</summary>
    /// <typeparam name="T"><see cref="string"/> or an array of them.</typeparam>
    public static Argument<T> PathArgument<T>(string name)
    {
        var argument = new Argument<T>(name);
        argument.Validators.Add(CheckPaths);
        return argument;
    }

    private static void CheckPaths(SymbolResult given)
    {
        if (given.Tokens.Select(token => PathCheck.Problem(token.Value)).FirstOrDefault(problem => problem is not null) is { } problem)
            given.AddError(problem);
    }

    /// <summary>The folder of a model that is named by it, or by its name in the Hugging Face cache.</summary>
    /// <param name="model">As it was given. A folder goes before a model of that name.</param>
    /// <param name="option">The option or argument.</param>
    /// <exception cref="UsageException">
    /// No such folder, or the cache doesn't have all of it. What is wrong inside one is told, as a failure, by who reads it.
    /// </exception>
    public static string CheckModel(string model, string option = "--model")
    {
        if (Directory.Exists(model))
            return model;
        try
        {
            if (ModelPlace.NameIn(model) is { } name)
                return HubCache.OfProcess().Find(name);
        }
        catch (NotCachedException exception) when (!exception.Name.Name.Contains('/')) // more often a mistyped folder
        {
            throw new UsageException(
                option, $"{model} doesn't exist, and the Hugging Face cache ({HubCache.OfProcess().Folder}) has no such model; {NameOne}",
                exception);
        }
        catch (HubException exception)
        {
            throw new UsageException(option, exception.Message, exception);
        }
        throw new UsageException(option, File.Exists(model) ? $"{FileAsModel(model)}; {NameOne}" : $"{model} doesn't exist; {NameOne}");
    }

    // What was given in place of a model, and how it is used.
    private static string FileAsModel(string path)
    {
        try
        {
            if (WeightsReport.IsFor(path) && WeightsReport.Read(path).Files[0] is { Part: { } part } file)
            {
                return $"{path} is the {part.Replace('_', ' ')} of {file.Release ?? "a model"} ({file.Format}) and no whole model: give it "
                    + $"as --{part.Replace('_', '-')}, and the model that has the other parts here";
            }
        }
        catch (ModelException exception)
        {
            return exception.Message.TrimEnd('.');
        }
        return $"{path} is a file";
    }

    public static Option<int> Threads() => new("--threads")
    {
        Description = "Threads that compute (default: one a processor); the video doesn't depend on it",
        HelpName = "N",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print the answer as JSON" };

    public static Option<bool> Overwrite() => new("--overwrite") { Description = "Replace files that exist" };

    public static Option<string?> VaeTiling()
    {
        var option = new Option<string?>("--vae-tiling")
        {
            Description = "Encode and decode in overlapping tiles: less memory, slightly other pixels (default: auto)",
            HelpName = "on|off|auto",
        };
        option.AcceptOnlyFromAmong("on", "off", "auto");
        return option;
    }

    public static Option<string?> Cache() => new("--cache")
    {
        Description = "Take parts of a step from steps before: less work, another video; FROM and TO are timesteps (default: none)",
        HelpName = "none|first-block[:THRESHOLD]|pyramid[:SKIP,FROM,TO]",
    };

    /// <summary>Why nothing is written to a path: what is read would be gone (<see cref="SameFile.IsLost"/>).</summary>
    public static string ReadAs(string path, string input) =>
        $"{path} is {(Directory.Exists(input) ? "among what is read from" : "the file that is read as")} {input}; name another.";

    public static int CheckThreads(int threads) => threads is >= 0 and <= 1024
        ? threads
        : throw new UsageException("--threads", $"{threads} threads can't be; choose from 1 to 1024, or leave it out for one a processor.");

    /// <summary>A number as programs write it: the parser's own way would read 6,5 as 65.</summary>
    public static double? Number(ArgumentResult given)
    {
        if (double.TryParse(given.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return number;
        given.AddError("not a number");
        return null;
    }

    public static FrameRate Rate(string text)
    {
        try
        {
            return FrameRate.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new UsageException("--fps", exception.Message + ".", exception);
        }
    }

    /// <summary>The settings in a file that an option or argument names.</summary>
    public static GenerationMetadata Metadata(string option, string path)
    {
        try
        {
            return VideoMetadata.Read(path);
        }
        catch (MetadataException exception)
        {
            throw new UsageException(option, exception.Message, exception);
        }
    }

    /// <summary>The value of an option that takes one of some words; null where it isn't given.</summary>
    /// <exception cref="UsageException">Another word: where help stands in the value's place, the parser lets anything pass.</exception>
    public static TEnum? Choice<TEnum>(ParseResult parsed, Option<string?> option) where TEnum : struct, Enum
    {
        if (parsed.GetValue(option) is not { } text)
            return null;
        foreach (TEnum value in Enum.GetValues<TEnum>())
        {
            if (string.Equals(SettingWords.Of(value), text, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        string choices = string.Join(" or ", SettingWords.All(typeof(TEnum)));
        throw new UsageException(option.Name, $"'{text}' can't be; choose {choices}.");
    }
}
