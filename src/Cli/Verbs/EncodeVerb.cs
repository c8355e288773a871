using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>encode</c>: the VAE alone, the other way.</summary>
internal sealed class EncodeVerb
{
    private readonly Argument<string> input = CommonOptions.PathArgument<string>("input");
    private readonly Option<string> output = CommonOptions.PathOption<string>("--output", "-o");
    private readonly Option<string?> model = CommonOptions.Model(), tiling = CommonOptions.VaeTiling();
    private readonly Option<int?> width = Number("--width", "Pixels, a multiple of 16 for the released models (default: the checkpoint's)");
    private readonly Option<int?> height = Number("--height", "Pixels, likewise (default: the checkpoint's)");
    private readonly Option<int?> frames = Number("--frames", "8·N + 1 frames (default: the checkpoint's, or as many as there are)");

    private readonly Option<string?> fps = new("--fps")
    {
        Description = "Frames to take a second (default: the checkpoint's, else 8)",
        HelpName = "N",
    };

    private readonly Option<string?> fit = new("--fit")
    {
        Description = "How pictures come to that size: cut off, with borders, or out of shape (default: crop)",
        HelpName = "crop|pad|stretch",
    };

    private readonly Option<string?> background = new("--background")
    {
        Description = "What shows through a transparent picture (default: the colours that it hides)",
        HelpName = "black|white|#RRGGBB",
    };

    private readonly Option<bool> sample = new("--sample") { Description = "Draw the latents from what the VAE encodes to, not the means" };

    private readonly Option<ulong?> seed = new("--seed") { Description = "What they are drawn with (default: 42)", HelpName = "N" };

    private readonly Option<bool> roundTrip = new("--round-trip")
    {
        Description = "Decode the latents again, and print how near the frames come: PSNR and SSIM",
    };

    private readonly Option<bool> overwrite = CommonOptions.Overwrite(), json = CommonOptions.Json();
    private readonly DeviceOptions device = new();
    private readonly PartOptions parts = new();
    private readonly PlaceOptions places = new();
    private readonly Terminal terminal;

    private EncodeVerb(Terminal terminal)
    {
        this.terminal = terminal;
        input.Description = "A video, a folder of PNG files, or a picture";
        (output.Description, output.HelpName, output.Required) = ("The safetensors file to write, which decode takes", "FILE", true);
        fit.AcceptOnlyFromAmong("crop", "pad", "stretch");
    }

    public static Command Create(Terminal terminal) => new EncodeVerb(terminal).Create();

    private Command Create()
    {
        var command = new Command("encode", "Turn a video or picture into latents")
        {
            input, output, model, width, height, frames, fps, fit, background, tiling, sample, seed, roundTrip, overwrite, json,
        };
        device.AddTo(command);
        parts.AddVaeTo(command);
        places.AddVaeTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            Answer answer = Run(parsed, cancellation);
            if (parsed.GetValue(json))
                terminal.WriteJson(answer);
            else
                Print(answer);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private Answer Run(ParseResult parsed, CancellationToken cancellation)
    {
        string path = Path.GetFullPath(CheckOutput(parsed)), folder = CommonOptions.CheckModel(parsed.GetValue(model) ?? BundledModel.Path);
        GenerationSettings settings = SettingOptions.Read(parsed);
        TilingMode mode = settings.VaeTiling ?? TilingMode.Auto;
        ComputeOptions compute = parts.Over(device.Read(terminal, parsed), parsed);
        PartSources elsewhere = places.Read(parsed);
        bool draws = parsed.GetValue(sample), isPicture = IsPicture(parsed);
        ulong? drawnWith = draws ? settings.Seed ?? GenerationSettings.DefaultSeed : null;
        PictureBackground? behind = Background(parsed.GetValue(background));
        using var encoder = VideoEncoder.Open(folder, compute, elsewhere);
        using VideoDecoder? decoder = parsed.GetValue(roundTrip) ? VideoDecoder.Open(folder, compute, elsewhere) : null;
        ClipOptions options = encoder.InputFor(settings) with
        {
            Fit = CommonOptions.Choice<ImageFit>(parsed, fit) ?? ImageFit.Crop,
            NeedsCount = settings.Frames is not null,
        };
        VideoClip clip = isPicture
            ? Guarded(() => VideoClip.Of(StillImage.Load(parsed.GetRequiredValue(input), behind), options.Size, options.Fit))
            : LoadVideo(parsed.GetRequiredValue(input), options, expected => Plan(expected), cancellation);
        (Shape shape, bool tiled) = Plan(clip);
        WarnOfNoEffect(parsed, isPicture);
        terminal.Say(clip.Summary);
        VideoLatents latents = ProgressDisplay.Run(
            terminal, progress => encoder.Encode(clip, mode, drawnWith, progress, cancellation));
        latents.Save(path);
        var answer = new Answer(path, clip.Summary, Sizes(shape), tiled, drawnWith, null, null);
        return decoder is null ? answer : Compared(answer, clip, decoder, mode, cancellation);

        (Shape Latents, bool Tiled) Plan(VideoClip planned)
        {
            (Shape latents, bool tiled, _) = encoder.Plan(planned.Count, planned.Size, mode);
            decoder?.Plan(latents, mode);
            return (latents, tiled);
        }
    }

    // Of what stands in the file now.
    private Answer Compared(Answer answer, VideoClip clip, VideoDecoder decoder, TilingMode mode, CancellationToken cancellation)
    {
        VideoFrames before = clip.ToFrames();
        VideoFrames after = ProgressDisplay.Run(terminal, progress => decoder.Decode(answer.Output, mode, progress, cancellation));
        bool hasWindows = Math.Min(before.Height, before.Width) >= Ssim.Window;
        return answer with { Psnr = Psnr.Of(before, after), Ssim = hasWindows ? Ssim.Of(before, after) : null };
    }

    // What can be refused is refused before a frame is decoded.
    private static VideoClip LoadVideo(string path, ClipOptions options, Action<VideoClip> check, CancellationToken cancellation) =>
        Guarded(() =>
        {
            using var reader = VideoReader.Open(path);
            check(VideoClip.Expect(reader, options));
            return VideoClip.Read(reader, options, cancellation);
        });

    private bool IsPicture(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(input);
        bool isPicture = Guarded(() => VideoClip.IsPicture(path));
        if (isPicture && parsed.GetValue(frames) > 1)
            throw new UsageException("--frames", $"{path} is a picture, of which one frame is made; leave the option out.");
        return isPicture;
    }

    private void WarnOfNoEffect(ParseResult parsed, bool isPicture)
    {
        string path = parsed.GetRequiredValue(input);
        if (!parsed.GetValue(sample) && parsed.GetValue(seed) is not null)
            terminal.Warn("--seed has no effect without --sample: the means are taken.");
        if (isPicture && parsed.GetValue(fps) is not null)
            terminal.Warn($"--fps has no effect: {path} is a picture.");
        if (!isPicture && parsed.GetValue(background) is not null)
            terminal.Warn($"--background has no effect: {path} is a video, not a picture.");
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InputException exception)
        {
            throw new UsageException("input", PropertyNames.InWordsOfOptions(exception.Message), exception);
        }
    }

    private string CheckOutput(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(output), source = parsed.GetRequiredValue(input);
        OutputChecks.Check(nameof(output), path);
        IEnumerable<string> weights = places.Read(parsed).Named.Select(part => part.Place).OfType<string>();
        foreach (string read in weights.SelectMany(PlaceOptions.FilesOf).Prepend(source))
        {
            if (SameFile.IsLost(path, read))
                throw new UsageException("--output", CommonOptions.ReadAs(path, read));
        }
        if (!parsed.GetValue(overwrite) && File.Exists(path))
            throw new UsageException("--output", $"{path} exists; choose another name, or give --overwrite to replace it.");
        return path;
    }

    private static PictureBackground? Background(string? text)
    {
        if (text is null)
            return null;
        return PictureBackground.TryParse(text, out PictureBackground colour)
            ? colour
            : throw new UsageException("--background", $"'{text}' is no colour; write black, white, or six digits such as #FFCC00.");
    }

    private void Print(Answer answer)
    {
        terminal.Output.WriteLine(answer.Output);
        if (answer.Psnr is { } psnr)
        {
            string ssim = answer.Ssim is { } similarity ? FormattableString.Invariant($", SSIM {similarity:F4}") : "";
            terminal.Output.WriteLine(FormattableString.Invariant($"round trip: PSNR {psnr:F2} dB{ssim}"));
        }
    }

    private static int[] Sizes(Shape shape) => [.. Enumerable.Range(0, shape.Rank).Select(i => shape[i])];

    private static Option<int?> Number(string name, string description) => new(name) { Description = description, HelpName = "N" };

    /// <summary>What <c>--json</c> prints.</summary>
    /// <param name="Output">The file.</param>
    /// <param name="Input">What was done to the video.</param>
    /// <param name="Latents">Their shape, [1, F, C, H, W].</param>
    /// <param name="Tiled">Whether they were encoded in tiles.</param>
    /// <param name="Seed">What they were drawn with; null for the means.</param>
    /// <param name="Psnr">Of the round trip, dB.</param>
    /// <param name="Ssim">Of the round trip.</param>
    private sealed record Answer(string Output, string Input, int[] Latents, bool Tiled, ulong? Seed, double? Psnr, double? Ssim);
}
