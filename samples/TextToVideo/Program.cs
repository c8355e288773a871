using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

// dotnet run --project samples/TextToVideo -- MODEL PROMPT OUT
if (args is not [string model, string prompt, string output])
{
    Console.Error.WriteLine("TextToVideo MODEL PROMPT OUT, such as: models/shapes \"a red circle\" circle.png");
    return 2;
}
try
{
    using var pipeline = CogVideoXPipeline.Open(model);
    var request = new GenerationRequest(prompt) { Steps = 20 };
    VideoSink.Check(output, pipeline.Plan(request).Video); // refuses what can't be, before anything heavy runs
    var progress = new Progress<GenerationProgress>(at => Console.Error.Write($"\r{at.Stage} {at.Fraction:P0}   "));
    GenerationResult result = pipeline.Generate(request, progress);
    result.Save(output);
    Console.Error.WriteLine($"\r{result.Video.Count} frames of {result.Video.Width}×{result.Video.Height} are in {output}");
    return 0;
}
catch (Exception exception) when (exception is CogVideoXException or ArgumentException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
