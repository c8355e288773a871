using CogVideoX.Pipelines.Media;
using SkiaSharp;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Still pictures: what comes out, and what is refused.</summary>
public class StillImageTests
{
    private static readonly byte[] FourPixels = [1, 2, 3, 250, 251, 252, 10, 20, 30, 40, 50, 60];

    [Fact]
    public void What_our_encoder_writes_is_read_bit_for_bit()
    {
        using var folder = new TestFolder();
        var video = TestVideos.Noise(2, 33, 47);
        video.SaveAs(folder["clip/"], TestVideos.Rate);
        for (int i = 0; i < video.Count; i++)
        {
            var picture = StillImage.Load(folder[$"clip/000{i + 1}.png"]);
            Assert.Equal((33, 47), (picture.Height, picture.Width));
            Assert.Equal(video.FrameRgb24(i), picture.Rgb24);
        }
    }

    [Fact]
    public void Colour_under_alpha_stays()
    {
        byte[] png = MadePng.Make(2, 1, 8, MadePng.Rgba, [200, 100, 50, 0, 201, 101, 51, 3]);
        Assert.Equal([200, 100, 50, 201, 101, 51], Load(png).Rgb24);
    }

    [Fact]
    public void A_background_shows_through()
    {
        byte[] png = MadePng.Make(3, 1, 8, MadePng.Rgba, [200, 100, 50, 0, 200, 100, 50, 255, 200, 100, 0, 51]);
        Assert.Equal([255, 255, 255, 200, 100, 50, 244, 224, 204], Load(png, PictureBackground.White).Rgb24);
        Assert.Equal([0, 0, 0, 200, 100, 50, 40, 20, 0], Load(png, PictureBackground.Black).Rgb24);
    }

    [Fact]
    public void A_palette_with_transparency_keeps_its_colours()
    {
        byte[] png = MadePng.Make(2, 1, 8, MadePng.Palette, [1, 0], ("PLTE", [9, 8, 7, 60, 50, 40]), ("tRNS", [255, 0]));
        Assert.Equal([60, 50, 40, 9, 8, 7], Load(png).Rgb24);
    }

    [Fact]
    public void Grey_becomes_three_equal_channels() =>
        Assert.Equal([7, 7, 7, 200, 200, 200], Load(MadePng.Make(2, 1, 8, MadePng.Grey, [7, 200])).Rgb24);

    [Fact]
    public void Sixteen_bits_lose_the_lower_eight() =>
        Assert.Equal([0x12, 0x56, 0x9A], Load(MadePng.Make(1, 1, 16, MadePng.Rgb, [0x12, 0x34, 0x56, 0x78, 0x9A, 0x10])).Rgb24);

    [Fact]
    public void A_colour_profile_or_gamma_changes_nothing()
    {
        byte[] png = MadePng.Make(2, 2, 8, MadePng.Rgb, FourPixels, ("gAMA", [0, 1, 0x86, 0xA0]));
        Assert.Equal(FourPixels, Load(png).Rgb24);
    }

    [Fact]
    public void Bmp_gif_and_lossless_webp_are_read()
    {
        byte[] bmp =
        [
            .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, .. new byte[24],
            30, 20, 10, 60, 50, 40, 0, 0, 3, 2, 1, 252, 251, 250, 0, 0,
        ];
        Assert.Equal(FourPixels, Load(bmp).Rgb24);
        byte[] gif = Convert.FromBase64String("R0lGODlhAQABAIABAMgyCgAAACwAAAAAAQABAAACAkQBADs=");
        Assert.Equal([200, 50, 10], Load(gif).Rgb24);
        using var bitmap = Bitmap(FourPixels, 2, 2);
        using var pixels = bitmap.PeekPixels();
        using var webp = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 50));
        Assert.Equal(FourPixels, Load(webp!.ToArray()).Rgb24);
    }

    // Corners as shown: top left, top right, bottom left, bottom right; stored are red, green, blue, white.
    [Theory]
    [InlineData(1, "RGBW")]
    [InlineData(2, "GRWB")]
    [InlineData(3, "WBGR")]
    [InlineData(4, "BWRG")]
    [InlineData(5, "RBGW")]
    [InlineData(6, "BRWG")]
    [InlineData(7, "WGBR")]
    [InlineData(8, "GWRB")]
    public void Orientation_is_carried_out(byte orientation, string corners)
    {
        byte[] little = Exif(orientation), prefixed = [.. "Exif\0\0"u8, .. little];
        byte[] big = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        byte[][] files =
            [Oriented(orientation), OrientedPng(little), OrientedPng(big), OrientedPng(prefixed), OrientedWebp(orientation)];
        Assert.All(files, file => CheckCorners(Load(file), orientation, corners));
    }

    [Fact]
    public void An_orientation_that_makes_no_sense_is_none()
    {
        byte[] right = Exif(6);
        byte[][] wrong =
        [
            [], [.. "II*\0"u8], right[..12], right[..14], Exif(0), Exif(9), [.. right[..4], 255, 255, 255, 255, .. right[8..]],
            [.. right[..8], 255, 255], [.. "JJ"u8, .. right[2..]], [.. right[..12], 4, .. right[13..]],
        ];
        Assert.All(wrong, exif => CheckCorners(Load(OrientedPng(exif)), 1, "RGBW"));
    }

    private static void CheckCorners(StillImage picture, int orientation, string corners)
    {
        Assert.Equal(orientation > 4 ? (48, 32) : (32, 48), (picture.Height, picture.Width));
        string shown = string.Concat(
            new[] { (4, 4), (4, picture.Width - 5), (picture.Height - 5, 4), (picture.Height - 5, picture.Width - 5) }
                .Select(at => NameAt(picture, at.Item1, at.Item2)));
        Assert.Equal(corners, shown);
    }

    [Fact]
    public void A_stream_is_read_to_its_end_and_left_open()
    {
        var stream = new MemoryStream(MadePng.Make(2, 2, 8, MadePng.Rgb, FourPixels));
        Assert.Equal(FourPixels, StillImage.Load(stream).Rgb24);
        Assert.True(stream.CanRead);
        Assert.Equal(stream.Length, stream.Position);
    }

    [Fact]
    public void The_size_is_checked_before_pixels_are_decoded()
    {
        byte[] huge = MadePng.Make(60_000, 60_000, 8, MadePng.Rgb, [0, 0, 0]);
        Assert.Contains("is said to be 60000×60000 pixels; at most 32768 a side", Refused(huge));
        byte[] wide = MadePng.Make(20, 2, 8, MadePng.Rgb, new byte[120]);
        Assert.Contains("20×2 pixels", Refused(wide, new InputLimits { MostPixelsASide = 19 }));
        Assert.Contains("20×2 pixels", Refused(wide, new InputLimits { MostPixels = 39 }));
        Assert.Equal(20, StillImage.Load(new MemoryStream(wide), null, new InputLimits { MostPixels = 40 }).Width);
    }

    [Fact]
    public void A_file_that_is_too_long_is_not_read_on()
    {
        byte[] png = MadePng.Make(2, 2, 8, MadePng.Rgb, FourPixels);
        Assert.Contains("more than 40 bytes", Refused(png, new InputLimits { MostPictureBytes = 40 }));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.95)]
    public void A_picture_that_is_cut_off_is_refused(double share)
    {
        foreach (byte[] whole in new[] { NoisePng(), Oriented(1) })
        {
            string message = Refused(whole[..(int)(whole.Length * share)]);
            Assert.Matches("cut off|damaged", message);
        }
    }

    [Fact]
    public void Damaged_pixels_are_refused()
    {
        byte[] png = NoisePng();
        for (int i = 60; i < 200; i++)
            png[i] ^= 0x55;
        Assert.Matches("cut off|damaged", Refused(png));
    }

    [Fact]
    public void A_header_alone_is_refused()
    {
        Assert.Contains("damaged PNG", Refused(NoisePng()[..20]));
        Assert.Contains("damaged JPEG", Refused([0xFF, 0xD8, 0xFF, 0xE0, 0, 16]));
    }

    [Fact]
    public void What_is_no_picture_is_refused()
    {
        Assert.Equal("The picture is empty.", Refused([]));
        Assert.Contains("isn't of a known kind", Refused([.. "<svg xmlns='http://www.w3.org/2000/svg'/>"u8]));
        Assert.Contains("isn't of a known kind", Refused([.. "BM"u8, .. new byte[100]]));
        using var folder = new TestFolder();
        File.WriteAllBytes(folder["empty.png"], []);
        Assert.Contains("is empty", RefusedFile(folder["empty.png"]));
        Assert.Contains("isn't there", RefusedFile(folder["none.png"]));
        Directory.CreateDirectory(folder["folder.png"]);
        Assert.Contains("is a folder", RefusedFile(folder["folder.png"]));
        Assert.Contains("'\\u000A.png'", RefusedFile("\n.png"));
    }

    [Fact]
    public void A_size_that_no_array_holds_is_refused()
    {
        var picture = new StillImage(new byte[12], 2, 2);
        var size = new PixelSize(int.MaxValue, int.MaxValue);
        Assert.Throws<ArgumentOutOfRangeException>(() => picture.Resized(size));
        Assert.Throws<ArgumentOutOfRangeException>(() => picture.FittedTo(size));
    }

    [Fact]
    public void Pixels_must_be_a_picture()
    {
        Assert.Throws<ArgumentException>(() => new StillImage(new byte[11], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StillImage([], 0, 2));
    }

    private static StillImage Load(byte[] file, PictureBackground? background = null) =>
        StillImage.Load(new MemoryStream(file), background);

    private static string Refused(byte[] file, InputLimits? limits = null) =>
        Assert.Throws<InputException>(() => StillImage.Load(new MemoryStream(file), null, limits)).Message;

    private static string RefusedFile(string path) => Assert.Throws<InputException>(() => StillImage.Load(path)).Message;

    private static byte[] NoisePng()
    {
        var random = new Random(3);
        var rows = new byte[3 * 40 * 30];
        random.NextBytes(rows);
        return MadePng.Make(40, 30, 8, MadePng.Rgb, rows);
    }

    /// <summary>A JPEG of 48×32 in four colours, with an EXIF segment that holds nothing but an orientation.</summary>
    private static byte[] Oriented(byte orientation)
    {
        using var bitmap = Bitmap(Quarters(), 32, 48);
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        byte[] jpeg = encoded.ToArray();
        byte[] exif = [.. "Exif\0\0"u8, .. Exif(orientation)];
        return [0xFF, 0xD8, 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    private static byte[] OrientedPng(byte[] exif) => MadePng.Make(48, 32, 8, MadePng.Rgb, Quarters(), ("eXIf", exif));

    /// <summary>A WebP in the extended form: VP8X says that EXIF comes, behind the pixels.</summary>
    private static byte[] OrientedWebp(byte orientation)
    {
        using var bitmap = Bitmap(Quarters(), 32, 48);
        using var pixels = bitmap.PeekPixels();
        using var encoded = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 50));
        byte[] webp = encoded!.ToArray(), exif = Exif(orientation);
        byte[] body =
        [
            .. "WEBPVP8X"u8, 10, 0, 0, 0, 8, 0, 0, 0, 47, 0, 0, 31, 0, 0, .. webp[12..], .. "EXIF"u8, (byte)exif.Length, 0, 0, 0, .. exif,
        ];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Length), .. body];
    }

    private static byte[] Exif(byte orientation) =>
        [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>48×32 in red, green, blue and white.</summary>
    private static byte[] Quarters()
    {
        var rgb = new byte[3 * 32 * 48];
        for (int i = 0; i < rgb.Length; i++)
        {
            var (row, column, channel) = (i / 3 / 48, i / 3 % 48, i % 3);
            int quarter = (row < 16 ? 0 : 2) + (column < 24 ? 0 : 1);
            rgb[i] = (byte)(quarter == 3 || quarter == channel ? 250 : 5);
        }
        return rgb;
    }

    private static string NameAt(StillImage picture, int row, int column)
    {
        var pixel = picture.Rgb24.AsSpan(3 * (row * picture.Width + column), 3);
        return (pixel[0] > 128, pixel[1] > 128, pixel[2] > 128) switch
        {
            (true, true, true) => "W",
            (true, false, false) => "R",
            (false, true, false) => "G",
            (false, false, true) => "B",
            _ => "?",
        };
    }

    private static SKBitmap Bitmap(byte[] rgb, int height, int width)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int i = 0; i < width * height; i++)
            bitmap.SetPixel(i % width, i / width, new SKColor(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]));
        return bitmap;
    }
}
