using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>decode</c>: the VAE alone.</summary>
internal static class DecodeVerb
{
    public static Command Create(Terminal terminal)
    {
        var latents = new Argument<string>("latents") { Description = "A safetensors file with `latents` F32 [1, F, C, H, W], as --save-latents writes it" };
        var output = new Option<string>("--output", "-o") { Description = "The video to write", HelpName = "FILE", Required = true };
        var fps = new Option<string?>("--fps") { Description = "Frames a second (default: the checkpoint's)", HelpName = "N" };
        Option<string?> model = CommonOptions.Model(), tiling = CommonOptions.VaeTiling();
        Option<int> threads = CommonOptions.Threads();
        Option<bool> overwrite = CommonOptions.Overwrite();
        var command = new Command("decode", "Turn latents into a video") { latents, output, model, fps, tiling, threads, overwrite };
        command.SetAction((parsed, cancellation) =>
        {
            string file = parsed.GetRequiredValue(latents), path = parsed.GetRequiredValue(output);
            TilingMode mode = CommonOptions.Choice<TilingMode>(parsed.GetValue(tiling)) ?? TilingMode.Auto;
            using var decoder = VideoDecoder.Open(CommonOptions.CheckModel(parsed.GetValue(model) ?? BundledModel.Path), CommonOptions.CheckThreads(parsed.GetValue(threads)));
            FrameRate rate = parsed.GetValue(fps) is { } text ? CommonOptions.Rate(text) : decoder.Rate;
            VideoShape shape = decoder.Plan(file, mode).Shape;
            VideoSink.Check(path, new VideoShape(shape.Count, shape.Height, shape.Width, rate), null, parsed.GetValue(overwrite));
            VideoFrames video = ProgressDisplay.Run(terminal, progress => decoder.Decode(file, mode, progress, cancellation));
            VideoWriter.Write(path, video, rate, null, parsed.GetValue(overwrite), cancellation);
            terminal.Output.WriteLine(Path.GetFullPath(path));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
