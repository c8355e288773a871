using System.Globalization;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

// dotnet run --project samples/VideoToVideo -- MODEL VIDEO PROMPT STRENGTH OUT
if (args is not [string model, string video, string prompt, string share, string output]
    || !double.TryParse(share, CultureInfo.InvariantCulture, out double strength))
{
    Console.Error.WriteLine("VideoToVideo MODEL VIDEO PROMPT STRENGTH OUT, such as: models/shapes in.mp4 \"a red circle\" 0.6 out.png");
    return 2;
}
try
{
    using var pipeline = CogVideoXPipeline.Open(model);
    var request = new GenerationRequest(prompt) { Strength = strength, Steps = 20 };
    GenerationSettings usual = pipeline.Decide(request); // refuses what can't be, before a frame is decoded
    VideoSink.Check(output, new VideoShape(usual.Frames!.Value, usual.Height!.Value, usual.Width!.Value, usual.Rate!));
    VideoClip clip = VideoClip.Load(video, new ClipOptions
    {
        Size = new PixelSize(usual.Height.Value, usual.Width.Value),
        Rate = usual.Rate,
        Count = usual.Frames,
        Allows = pipeline.Allows, // of a shorter video as many frames as the model was made for
    });
    Console.Error.WriteLine(clip.Summary);
    pipeline.Generate(request with { Video = clip }).Save(output);
    return 0;
}
catch (Exception exception) when (exception is CogVideoXException or ArgumentException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
