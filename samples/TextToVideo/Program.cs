using CogVideoX.Pipelines;

// dotnet run --project samples/TextToVideo -- MODEL PROMPT OUT
if (args is not [string model, string prompt, string output])
{
    Console.Error.WriteLine("TextToVideo MODEL PROMPT OUT, such as: models/shapes \"a red circle\" circle.png");
    return 2;
}
using var pipeline = CogVideoXPipeline.Open(model);
var progress = new Progress<GenerationProgress>(at => Console.Error.Write($"\r{at.Stage} {at.Fraction:P0}   "));
GenerationResult result = pipeline.Generate(new GenerationRequest(prompt) { Steps = 20 }, progress);
result.Save(output);
Console.Error.WriteLine($"\r{result.Video.Count} frames of {result.Video.Width}×{result.Video.Height} are in {output}");
return 0;
