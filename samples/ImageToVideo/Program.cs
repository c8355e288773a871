using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

// dotnet run --project samples/ImageToVideo -- MODEL PICTURE PROMPT OUT
if (args is not [string model, string picture, string prompt, string output])
{
    Console.Error.WriteLine("ImageToVideo MODEL PICTURE PROMPT OUT, with a model of image to video such as CogVideoX-5b-I2V");
    return 2;
}
try
{
    using var pipeline = CogVideoXPipeline.Open(model);
    var request = new GenerationRequest(prompt)
    {
        Image = StillImage.Load(picture, PictureBackground.White), // upright, white behind what is transparent
        Fit = ImageFit.Crop,
        Steps = 20,
    };
    GenerationPlan plan = pipeline.Plan(request); // refuses what can't be, before anything heavy runs
    VideoSink.Check(output, plan.Video);
    Console.Error.WriteLine(request.Image.PlacementIn(new PixelSize(plan.Video.Height, plan.Video.Width)));
    pipeline.Generate(request).Save(output);
    return 0;
}
catch (Exception exception) when (exception is CogVideoXException or ArgumentException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
