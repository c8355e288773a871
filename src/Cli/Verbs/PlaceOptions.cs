using System.CommandLine;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>The options that take parts of a model from elsewhere.</summary>
internal sealed class PlaceOptions
{
    private const int MostFiles = 1000;

    private readonly Option<string?> transformer = Place("--transformer", "The transformer");
    private readonly Option<string?> vae = Place("--vae", "The VAE");
    private readonly Option<string?> textEncoder = Place("--text-encoder", "The text encoder");

    public void AddTo(Command command)
    {
        command.Add(transformer);
        command.Add(vae);
        command.Add(textEncoder);
    }

    /// <summary>To a verb that needs the VAE alone.</summary>
    public void AddVaeTo(Command command) => command.Add(vae);

    /// <exception cref="UsageException">Nothing is there.</exception>
    public PartSources Read(ParseResult parsed)
    {
        return new PartSources { Transformer = Of(transformer), Vae = Of(vae), TextEncoder = Of(textEncoder) };

        string? Of(Option<string?> option) => parsed.GetValue(option) is not { } path || Path.Exists(path)
            ? parsed.GetValue(option)
            : throw new UsageException(option.Name, $"{path} doesn't exist. Name a file of weights, or a folder that has them.");
    }

    /// <summary>What is read of a place: the file, or the files of a folder and of those in it.</summary>
    public static IEnumerable<string> FilesOf(string place)
    {
        var every = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true };
        return Directory.Exists(place) ? Directory.EnumerateFiles(place, "*", every).Take(MostFiles) : [place];
    }

    private static Option<string?> Place(string name, string what)
    {
        Option<string?> option = CommonOptions.PathOption<string?>(name);
        option.Description = $"{what} from elsewhere: safetensors, .pt, .bin or .gguf, or a folder (default: the model's own)";
        option.HelpName = "FILE|DIR";
        return option;
    }
}
