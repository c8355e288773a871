using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

// dotnet run --project samples/VideoToVideo -- MODEL VIDEO PROMPT STRENGTH OUT
if (args is not [string model, string video, string prompt, string strength, string output])
{
    Console.Error.WriteLine("VideoToVideo MODEL VIDEO PROMPT STRENGTH OUT, such as: models/shapes in.mp4 \"a red circle\" 0.6 out.png");
    return 2;
}
using var pipeline = CogVideoXPipeline.Open(model);
GenerationSettings usual = pipeline.Decide(new GenerationSettings { Prompt = prompt });
VideoClip clip = VideoClip.Load(video, new ClipOptions
{
    Size = new PixelSize(usual.Height!.Value, usual.Width!.Value),
    Rate = usual.Rate,
    Count = usual.Frames,
    Allows = pipeline.Allows, // of a shorter video as many frames as the model was made for
});
Console.Error.WriteLine(clip.Summary);
var request = new GenerationRequest(prompt)
{
    Video = clip,
    Strength = double.Parse(strength, System.Globalization.CultureInfo.InvariantCulture),
    Steps = 20,
};
pipeline.Generate(request).Save(output);
return 0;
