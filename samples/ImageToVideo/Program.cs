using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

// dotnet run --project samples/ImageToVideo -- MODEL PICTURE PROMPT OUT
if (args is not [string model, string picture, string prompt, string output])
{
    Console.Error.WriteLine("ImageToVideo MODEL PICTURE PROMPT OUT, with a model of image to video such as CogVideoX-5b-I2V");
    return 2;
}
using var pipeline = CogVideoXPipeline.Open(model);
var request = new GenerationRequest(prompt)
{
    Image = StillImage.Load(picture, PictureBackground.White), // upright, white behind what is transparent
    Fit = ImageFit.Crop,
    Steps = 20,
};
GenerationSettings settings = pipeline.Plan(request).Settings; // refuses what can't be, before anything heavy runs
Console.Error.WriteLine(request.Image.PlacementIn(new PixelSize(settings.Height!.Value, settings.Width!.Value)));
pipeline.Generate(request).Save(output);
return 0;
