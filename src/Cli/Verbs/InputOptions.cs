using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary>Options that name the picture or video that a run begins from, and say what becomes of it.</summary>
internal sealed class InputOptions
{
    private const string FitName = "--fit";

    public Option<string?> Image { get; } = CommonOptions.PathOption<string?>("--image");

    public Option<string?> Video { get; } = CommonOptions.PathOption<string?>("--video");

    public Option<string?> Background { get; } = new("--background")
    {
        HelpName = "black|white|#RRGGBB",
        Description = "The colour behind a transparent picture (default: alpha is left out, whatever colour lies under it)",
    };

    public Option<string?> Fit { get; } = new(FitName)
    {
        HelpName = "crop|pad|stretch",
        Description = "How a picture or video comes to the size of the new one (default: crop)",
    };

    public Option<double?> Strength { get; } = new("--strength")
    {
        HelpName = "X",
        Description = "How much of --video is made anew, above 0, up to 1 (default: 0.8)",
        CustomParser = CommonOptions.Number,
    };

    public Option<double?> ImageLatentScale { get; } = new("--image-latent-scale")
    {
        HelpName = "X",
        Description = "What the latents of --image are multiplied by (default: as the model was trained)",
        CustomParser = CommonOptions.Number,
    };

    public Option<string?> AnySize { get; } = new("--any-size")
    {
        HelpName = "on|off",
        Description = "Take counts of frames that the model wasn't trained on, and all frames of --video, each once (default: off)",
    };

    public void AddTo(Command command)
    {
        (Image.HelpName, Image.Description) = ("FILE", "Go on from this picture, with a model of image to video (default: none)");
        (Video.HelpName, Video.Description) = (
            "FILE", "Make another video of this one: a file, or a folder of PNG files (default: none)");
        Fit.AcceptOnlyFromAmong("crop", "pad", "stretch");
        AnySize.AcceptOnlyFromAmong("on", "off");
        foreach (Option option in new Option[] { Image, Video, Strength, Fit, Background, ImageLatentScale, AnySize })
            command.Add(option);
    }

    /// <summary>The names that are given now.</summary>
    /// <exception cref="UsageException">No colour.</exception>
    public RunInputs Read(ParseResult parsed) => new()
    {
        Image = parsed.GetValue(Image),
        Video = parsed.GetValue(Video),
        Background = parsed.GetValue(Background) is { } text ? ColourOf(text).ToString() : null,
    };

    /// <summary>The picture, upright, in its own size.</summary>
    /// <exception cref="UsageException">It can't be read.</exception>
    public static StillImage? LoadImage(RunInputs inputs)
    {
        try
        {
            PictureBackground? background = inputs.Background is { } colour ? ColourOf(colour) : null;
            return inputs.Image is { } path ? StillImage.Load(path, background) : null;
        }
        catch (InputException exception)
        {
            throw new UsageException("--image", exception.Message, exception);
        }
    }

    private static PictureBackground ColourOf(string text) => PictureBackground.TryParse(text, out PictureBackground colour)
        ? colour
        : throw new UsageException("--background", $"'{text}' is no colour; write black, white, or six digits such as #FFCC00.");
}
