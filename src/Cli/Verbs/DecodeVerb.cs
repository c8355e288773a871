using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>decode</c>: the VAE alone.</summary>
internal static class DecodeVerb
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> latents = CommonOptions.PathArgument<string>("latents");
        latents.Description = "A safetensors file with `latents` F32 [1, F, C, H, W], as --save-latents writes it";
        Option<string> output = CommonOptions.PathOption<string>("--output", "-o");
        (output.Description, output.HelpName, output.Required) = ("The video to write, or - for Y4M on standard output", "FILE", true);
        var fps = new Option<string?>("--fps") { Description = "Frames a second (default: the checkpoint's)", HelpName = "N" };
        Option<string?> model = CommonOptions.Model(), tiling = CommonOptions.VaeTiling();
        var device = new DeviceOptions();
        var parts = new PartOptions();
        var places = new PlaceOptions();
        Option<bool> overwrite = CommonOptions.Overwrite();
        var command = new Command("decode", "Turn latents into a video") { latents, output, model, fps, tiling, overwrite };
        device.AddTo(command);
        parts.AddVaeTo(command);
        places.AddVaeTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            string file = parsed.GetRequiredValue(latents), path = parsed.GetRequiredValue(output);
            CheckLatents(file);
            TilingMode mode = CommonOptions.Choice<TilingMode>(parsed, tiling) ?? TilingMode.Auto;
            string folder = CommonOptions.CheckModel(parsed.GetValue(model) ?? BundledModel.Path);
            using var decoder = VideoDecoder.Open(folder, parts.Over(device.Read(terminal, parsed), parsed), places.Read(parsed));
            FrameRate rate = parsed.GetValue(fps) is { } text ? CommonOptions.Rate(text) : decoder.Rate;
            VideoShape shape = decoder.Plan(file, mode).Shape;
            var writing = new VideoOptions
            {
                WhenTaken = parsed.GetValue(overwrite) ? WhenTaken.Overwrite : WhenTaken.Refuse,
                Inputs = [file],
            };
            if (path != VideoFile.StandardOutput)
                VideoSink.Check(path, new VideoShape(shape.Count, shape.Height, shape.Width, rate), writing);
            using var video = new VideoFile(path, _ => writing);
            string written = ProgressDisplay.Run(terminal, progress =>
            {
                decoder.Decode(file, new AtRate(video, rate), mode, progress, cancellation);
                return video.Complete(cancellation);
            });
            if (path != VideoFile.StandardOutput)
                terminal.Output.WriteLine(written);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    // A file of another kind is named as what it is, not as a damaged file of latents.
    private static void CheckLatents(string file)
    {
        if (Path.Exists(file) && FileKind.Of(file) is { } kind && kind != FileKind.Safetensors)
        {
            throw new UsageException(
                "latents", $"{file} is {kind}; decode takes latents, a .safetensors file as --save-latents writes it.");
        }
    }

    // The latents don't say how fast their video is; the command line may.
    private sealed class AtRate(IFrameSink inner, FrameRate rate) : IFrameSink
    {
        public void Begin(GenerationSettings settings, VideoShape shape) =>
            inner.Begin(settings, new VideoShape(shape.Count, shape.Height, shape.Width, rate));

        public void Write(ReadOnlySpan<float> frame, CancellationToken cancellation) => inner.Write(frame, cancellation);
    }
}
